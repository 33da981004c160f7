import { registerDevice } from "@headwater/aggregates";
import { openEmbeddedLog } from "@headwater/event-log/embedded";
import { events } from "@headwater/proto";
import { randomToken, sha256 } from "@headwater/core";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startProcess } from "./embedded-gateway.ts";
import { eventually } from "@headwater/testkit/eventually";
import { GatewayUnderTest, readAll, topics } from "./gateway-under-test.ts";
import { RawDevice } from "./raw-device.ts";

describe("presence", () => {
  let gateway: GatewayUnderTest;
  let token: string;
  beforeEach(async () => {
    gateway = await GatewayUnderTest.start();
    token = await gateway.register("d");
  });
  afterEach(() => gateway.stop());

  const device = (clientId: string, more: { keepalive?: number; will?: object; version?: 5 } = {}) =>
    RawDevice.connect(gateway.app.mqttPort, { username: "d", password: token, clientId, ...more });
  const told = (count: number) =>
    eventually(
      () => gateway.presence(),
      (all) => all.length >= count,
    );
  const reasons = async (count: number) =>
    (await told(count)).flatMap(({ disconnected }) => (disconnected === null ? [] : [disconnected.reason]));

  it("a session begins and ends, by name", async () => {
    const d = await device("c");
    const [connected] = await told(1);
    expect(connected).toMatchObject({
      device: "d",
      connected: { clientId: "c", address: "127.0.0.1", cleanSession: true },
    });
    d.send({ cmd: "disconnect" });
    const [, ended] = await told(2);
    expect(ended).toMatchObject({ session: connected!.session, disconnected: { reason: "client" } });
  });

  it("a line that breaks, a keep-alive that is missed, a session that is taken over, a gateway that stops", async () => {
    (await device("broken")).cut();
    expect(await reasons(2)).toEqual(["error"]);
    const silent = await device("silent", { keepalive: 1 });
    await silent.closed;
    expect(await reasons(4)).toEqual(["error", "keep-alive"]);
    await device("twice");
    await device("twice");
    expect(await reasons(7)).toEqual(["error", "keep-alive", "taken-over"]);
    await gateway.downGateway();
    expect(await reasons(8)).toEqual(["error", "keep-alive", "taken-over", "gateway-stopped"]);
    const sessions = new Set((await gateway.presence()).map(({ session }) => session));
    expect(sessions.size).toBe(4);
  });

  it("a last will is told, and is data where its topic is telemetry", async () => {
    const will = { topic: "devices/d/telemetry", payload: Buffer.from('{"online":false}'), qos: 1, retain: false };
    const d = await device("c", { will });
    d.cut();
    const all = await told(3);
    const last = all.find(({ lastWill }) => lastWill !== null)!;
    expect(last.lastWill!.topic).toBe("devices/d/telemetry");
    expect(Buffer.from(last.lastWill!.payload).toString()).toBe('{"online":false}');
    // Nobody acknowledges a will: it may be told before it is in the log.
    await eventually(async () =>
      expect((await gateway.events()).map((event) => event.readings[0]!.boolean)).toEqual([false]),
    );
    // A clean end, and a gateway that stops, are no death of the device.
    (await device("c", { will })).send({ cmd: "disconnect" });
    await device("c2", { will });
    await told(6);
    await gateway.downGateway();
    expect((await gateway.presence()).filter(({ lastWill }) => lastWill !== null)).toHaveLength(1);
  });

  it("MQTT 5: only a DISCONNECT without a reason keeps the last will back", async () => {
    const ends: [number, string | undefined][] = [];
    for (const reasonCode of [0x00, 0x04, 0x80, 0x93]) {
      const will = { topic: "devices/d/x", payload: Buffer.from(String(reasonCode)), qos: 1, retain: false };
      const d = await device(`c-${reasonCode}`, { version: 5, will });
      d.send({ cmd: "disconnect", reasonCode });
      const all = await eventually(
        () => gateway.presence(),
        (found) => found.filter(({ disconnected }) => disconnected !== null).length > ends.length,
      );
      ends.push([reasonCode, all.findLast(({ disconnected }) => disconnected !== null)!.disconnected!.reason]);
    }
    expect(ends).toEqual([
      [0x00, "client"],
      [0x04, "disconnected-with-will"],
      [0x80, "error"],
      [0x93, "error"],
    ]);
    await eventually(async () => {
      const wills = (await gateway.presence()).flatMap(({ lastWill }) => lastWill?.payload ?? []);
      expect(wills.map(String)).toEqual([0x04, 0x80, 0x93].map(String));
    });
  });

  it("a will to another device's topic is refused with the login", async () => {
    const will = { topic: "devices/other/telemetry", payload: Buffer.from("x"), qos: 0, retain: false };
    const d = await device("c", { will });
    expect(d.heard[0]).toMatchObject({ cmd: "connack", returnCode: 5 });
    await d.closed;
    expect(await gateway.presence()).toEqual([]);
  });
});

it("a gateway that was killed tells, when it is back, that its sessions are over; one that stopped has told it", async () => {
  const dataDir = await mkdtemp(join(tmpdir(), "gateway-presence-"));
  const token = randomToken();
  let gateway = await startProcess(dataDir);
  await gateway.end("SIGKILL");
  const credential = { id: "c", kind: "token", hash: sha256(token), createdAt: 1, expiresAt: 0 };
  const event = registerDevice(undefined, { id: "d", credentials: [credential] }, { at: 1, by: "test", writeId: "d" });
  const before = await openEmbeddedLog({ dataDir: join(dataDir, "log") });
  await before.append(topics.devices, [{ key: "d", value: events.device.encode(event) }]);
  await before.close();
  const told = async (): Promise<ReturnType<typeof events.presence.decode>[]> => {
    const log = await openEmbeddedLog({ dataDir: join(dataDir, "log") });
    const all = (await readAll(log, topics.presence)).map(({ value }) => events.presence.decode(value!));
    await log.close();
    return all;
  };

  gateway = await startProcess(dataDir);
  const left = await RawDevice.connect(gateway.port("mqtt"), { username: "d", password: token, clientId: "left" });
  const stays = await RawDevice.connect(gateway.port("mqtt"), { username: "d", password: token, clientId: "stays" });
  left.send({ cmd: "disconnect" });
  await left.closed;
  // What follows on the same way is acknowledged: so is what came before it.
  stays.publish("devices/d/telemetry", '{"a":1}');
  await stays.until("puback");
  // An end that is told and not yet crossed out would be told again.
  await eventually(
    () => readFile(join(dataDir, "gateway", "open-sessions"), "utf8"),
    (text) => /^\S+ -/m.test(text),
  );
  await gateway.end("SIGKILL");
  expect((await told()).filter(({ disconnected }) => disconnected !== null)).toHaveLength(1);

  gateway = await startProcess(dataDir);
  const next = await RawDevice.connect(gateway.port("mqtt"), { username: "d", password: token, clientId: "stays" });
  next.publish("devices/d/telemetry", '{"a":2}');
  await next.until("puback");
  await gateway.end("SIGTERM");
  const all = await told();
  const session = (clientId: string, index: number): string =>
    all.filter(({ connected }) => connected?.clientId === clientId)[index]!.session;
  const ends = all.flatMap(({ session: of, disconnected }) =>
    disconnected === null ? [] : [[of, disconnected.reason]],
  );
  expect(ends).toEqual([
    [session("left", 0), "client"],
    [session("stays", 0), "gateway-lost"],
    [session("stays", 1), "gateway-stopped"],
  ]);
  await rm(dataDir, { recursive: true, force: true });
});
