import { execFile } from "node:child_process";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { debianProgram, ensureDebianPrograms } from "../../scripts/servers/debian-packages.ts";
import { eventually } from "@headwater/testkit/eventually";
import { GatewayUnderTest } from "./gateway-under-test.ts";

const quiet = (): void => {};

/** Mosquitto's own clients against the gateway, in each version of the protocol. */
describe("Mosquitto's clients", () => {
  let gateway: GatewayUnderTest;
  beforeAll(async () => {
    await ensureDebianPrograms(["mosquitto_pub", "mosquitto_sub"], quiet);
    gateway = await GatewayUnderTest.start({ HEADWATER_MQTT_ANONYMOUS: "true" });
  });
  afterAll(() => gateway.stop());

  async function run(
    program: "mosquitto_pub" | "mosquitto_sub",
    ...args: string[]
  ): Promise<{ code: number; said: string }> {
    const file = await debianProgram(program, quiet);
    const port = String(gateway.app.mqttPort);
    return new Promise((resolve) => {
      execFile(file, ["-h", "127.0.0.1", "-p", port, ...args], (error, stdout, stderr) => {
        resolve({ code: error === null ? 0 : Number(error.code), said: `${stdout}${stderr}` });
      });
    });
  }

  it.each(["mqttv31", "mqttv311", "mqttv5"])("%s: publish and hear at QoS 2", async (version) => {
    const heard = run("mosquitto_sub", "-V", version, "-q", "2", "-t", `talk/${version}`, "-C", "1", "-W", "60");
    // Until the subscriber is there, nobody keeps what is not retained.
    const published = await run(
      "mosquitto_pub",
      "-V",
      version,
      "-q",
      "2",
      "-r",
      "-t",
      `talk/${version}`,
      "-m",
      "hello",
    );
    expect(published).toEqual({ code: 0, said: "" });
    expect(await heard).toEqual({ code: 0, said: "hello\n" });
  });

  it("MQTT 5: properties are taken, and a shared subscription hears", async () => {
    const message = ["-V", "5", "-q", "0", "-t", "a", "-m", "b"];
    const properties = ["-D", "connect", "user-property", "a", "b", "-D", "publish", "topic-alias", "1"];
    expect(await run("mosquitto_pub", ...message, ...properties)).toEqual({ code: 0, said: "" });
    const heard = run("mosquitto_sub", "-V", "5", "-q", "1", "-t", "$share/group/shared/+", "-C", "1", "-W", "60");
    // PUBACK says until then that nobody has subscribed.
    await eventually(async () => {
      const published = await run("mosquitto_pub", "-V", "5", "-q", "1", "-t", "shared/1", "-m", "x", "-d");
      expect(published.said).not.toMatch(/RC:16/);
    });
    expect(await heard).toEqual({ code: 0, said: "x\n" });
  });
});
