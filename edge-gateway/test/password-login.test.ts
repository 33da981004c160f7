import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { DeviceLog, passwordCredential } from "./device-log.ts";
import { GatewayUnderTest, topics } from "./gateway-under-test.ts";

const password = "correct horse battery";

describe("login with a chosen password", () => {
  let gateway: GatewayUnderTest;
  let devices: DeviceLog;
  beforeEach(async () => {
    // The thread that compares has a low priority, and a busy machine leaves it little.
    gateway = await GatewayUnderTest.start({ HEADWATER_PASSWORD_QUEUE: "4", HEADWATER_PASSWORD_WAIT_MS: "100000" });
    devices = new DeviceLog(gateway.log, topics);
  });
  afterEach(() => gateway.stop());

  const outcome = async (username: string, secret: string): Promise<number> => {
    try {
      (await gateway.connect(username, secret)).end(true);
      return 0;
    } catch (error) {
      return (error as { code: number }).code;
    }
  };

  it("right after its registration, beside a token, and with another one while they overlap", async () => {
    await devices.register("pump", { credentials: [passwordCredential(password, { id: "old" })] });
    expect(await outcome("pump", password)).toBe(0);
    await devices.add("pump", passwordCredential("another one, longer", { id: "new" }));
    expect(await outcome("pump", "another one, longer")).toBe(0);
    expect(await outcome("pump", password)).toBe(0);
    const staying = await gateway.connect("pump", "another one, longer", { clientId: "staying" });
    const leaving = await gateway.connect("pump", password, { clientId: "leaving" });
    const closed = new Promise<void>((resolve) => leaving.once("close", () => resolve()));
    await devices.remove("pump", "old");
    await closed;
    expect(staying.connected).toBe(true);
    // What was right before is forgotten with its credential.
    expect(await outcome("pump", password)).toBe(4);
  });

  it("a wrong one, an unknown device and one without a password are told the same", async () => {
    await devices.register("pump", { credentials: [passwordCredential(password)] });
    await devices.registerWithToken("valve");
    expect(await outcome("pump", "wrong horse battery")).toBe(4);
    expect(await outcome("valve", password)).toBe(4);
    expect(await outcome("nobody", password)).toBe(4);
  });

  it("many logins of a device that is known cost no comparison", async () => {
    await devices.register("pump", { credentials: [passwordCredential(password, { ln: 15 })] });
    expect(await outcome("pump", password)).toBe(0);
    // With four places for comparisons most of these would be turned away, were each of them compared.
    const outcomes = await Promise.all(Array.from({ length: 200 }, () => outcome("pump", password)));
    expect(outcomes.filter((code) => code !== 0)).toEqual([]);
  });

  it("more than the bound are told to come again, and so is who guesses; tokens are let in all the while", async () => {
    const token = await devices.registerWithToken("valve");
    for (let i = 0; i < 8; i += 1)
      await devices.register(`pump-${i}`, { credentials: [passwordCredential(password, { ln: 14 })] });
    const crowd = await Promise.all(Array.from({ length: 8 }, (_, i) => outcome(`pump-${i}`, password)));
    expect(crowd.every((code) => code === 0 || code === 3)).toBe(true);
    expect(crowd).toContain(0);
    expect(crowd).toContain(3);

    await devices.register("target", { credentials: [passwordCredential(password)] });
    for (const name of ["target", "no-such-device"]) {
      const began = performance.now();
      let tried = 0;
      let answer = 4;
      for (; answer === 4 && tried < 60; tried += 1) answer = await outcome(name, `guess number ${tried}`);
      expect([name, answer]).toEqual([name, 3]);
      // Ten at once, and one more each five seconds.
      expect(tried).toBeGreaterThan(10);
      expect(tried).toBeLessThanOrEqual(11 + (performance.now() - began) / 5000);
    }
    expect(await outcome("valve", token)).toBe(0);
  });

  it("works from a cold start with what is on disk", async () => {
    await devices.register("pump", { credentials: [passwordCredential(password)] });
    expect(await outcome("pump", password)).toBe(0);
    await gateway.restart();
    expect(await outcome("pump", password)).toBe(0);
  });

  it("a hash whose costs are out of bounds lets nobody in and costs nothing", async () => {
    const credential = passwordCredential(password);
    const text = Buffer.from(credential.hash).toString().replace("ln=8", "ln=30");
    await devices.register("pump", { credentials: [{ ...credential, hash: Buffer.from(text) }] });
    expect(await outcome("pump", password)).toBe(4);
  });
});
