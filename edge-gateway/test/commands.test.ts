import { nowMicros, sleep } from "@headwater/core";

import { rm } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { eventually } from "@headwater/testkit/eventually";
import { GatewayUnderTest } from "./gateway-under-test.ts";
import { RawDevice } from "./raw-device.ts";
import { publishes, subscribe } from "./command-receiver.ts";

describe("a command", () => {
  let gateway: GatewayUnderTest;
  let token: string;
  beforeEach(async () => {
    gateway = await GatewayUnderTest.start();
    token = await gateway.register("valve");
  });
  afterEach(() => gateway.stop());

  const kinds = async (count: number): Promise<string[]> => {
    const all = await eventually(
      () => gateway.commands(),
      (events) => events.length >= count,
    );
    return all.map((event) =>
      (["requested", "claimed", "delivered", "succeeded", "failed", "rejected"] as const)
        .filter((kind) => event[kind] !== null)
        .join(),
    );
  };
  const raw = async (clientId = "c", clean = true) => {
    const device = await RawDevice.connect(gateway.app.mqttPort, {
      username: "valve",
      password: token,
      clientId,
      clean,
    });
    return device;
  };
  it("reaches its device, and the reply the log", async () => {
    const device = await gateway.connect("valve", token);
    device.on("message", (topic, payload) => {
      const { commandId, name, params } = JSON.parse(payload.toString()) as {
        commandId: string;
        name: string;
        params: unknown;
      };
      expect(topic).toBe(`devices/valve/commands/${commandId}`);
      expect({ name, params }).toEqual({ name: "shut", params: { by: 1 } });
      device.publish(`${topic}/reply`, '{"status":"succeeded","result":{"shut":true,"n":9007199254740993}}', {
        qos: 1,
      });
    });
    await device.subscribeAsync("devices/valve/commands/+", { qos: 1 });
    await gateway.requestCommand("valve", "c-1", { name: "shut", params: '{"by":1}' });
    expect((await kinds(4)).toSorted()).toEqual(["claimed", "delivered", "requested", "succeeded"]);
    const reply = (await gateway.commands()).find(({ succeeded }) => succeeded !== null);
    expect(reply!.succeeded!.result).toBe('{"shut":true,"n":9007199254740993}');
  });

  it("waits for the device to connect and to subscribe", async () => {
    await gateway.requestCommand("valve", "c-1", { name: "shut" });
    const device = await raw();
    await sleep(100);
    expect(await kinds(1)).toEqual(["requested"]);
    await subscribe(device);
    const packet = await device.until("publish");
    expect(packet).toMatchObject({ qos: 1, retain: false, topic: "devices/valve/commands/c-1" });
  });

  it("one is on its way at a time, in the order of their requests", async () => {
    const device = await raw();
    await subscribe(device);
    for (const id of ["c-1", "c-2", "c-3"]) await gateway.requestCommand("valve", id, { name: id });
    await device.until("publish");
    await sleep(100);
    expect((await kinds(4)).toSorted()).toEqual(["claimed", "requested", "requested", "requested"]);
    for (let count = 1; count <= 3; count += 1) {
      await device.until("publish", count);
      expect(publishes(device)).toHaveLength(count);
      device.send({ cmd: "puback", messageId: publishes(device)[count - 1]!.messageId! });
    }
    expect(publishes(device).map(({ topic }) => topic.split("/").at(-1))).toEqual(["c-1", "c-2", "c-3"]);
  });

  it("is not sent twice: not to the next session, not after a restart", async () => {
    let device = await raw("c", false);
    await subscribe(device);
    await gateway.requestCommand("valve", "c-1", { name: "shut" });
    await device.until("publish");
    device.cut();
    device = await raw("c", false);
    await subscribe(device);
    await gateway.requestCommand("valve", "c-2", { name: "shut" });
    await device.until("publish");
    device.cut();
    await gateway.restart();
    device = await raw("c", false);
    await subscribe(device);
    await gateway.requestCommand("valve", "c-3", { name: "shut" });
    await device.until("publish");
    await sleep(200);
    expect(publishes(device).map(({ topic }) => topic)).toEqual(["devices/valve/commands/c-3"]);
  });

  it("that asks for it is sent again until it is acknowledged", async () => {
    let device = await raw();
    await subscribe(device);
    await gateway.requestCommand("valve", "c-1", { name: "shut", redeliver: true });
    await device.until("publish");
    device.cut();
    await gateway.restart();
    device = await raw();
    await subscribe(device);
    const packet = (await device.until("publish")) as { messageId?: number };
    device.send({ cmd: "puback", messageId: packet.messageId! });
    expect(await kinds(4)).toEqual(["requested", "claimed", "claimed", "delivered"]);
  });

  it("is not sent after its deadline, nor if its cause lies too far back", async () => {
    await gateway.requestCommand("valve", "late", { name: "shut", ttlMs: 1 });
    await gateway.requestCommand("valve", "stale", {
      name: "shut",
      ttlMs: 1000,
      cause: { eventTime: nowMicros() - 5_000_000 },
    });
    await gateway.requestCommand("valve", "good", { name: "shut", ttlMs: 60_000, cause: { eventTime: nowMicros() } });
    await sleep(20);
    const device = await raw();
    await subscribe(device);
    await device.until("publish");
    expect(publishes(device).map(({ topic }) => topic)).toEqual(["devices/valve/commands/good"]);
  });

  it("whose reply beats the acknowledgement is recorded all the same", async () => {
    const device = await raw();
    await subscribe(device);
    await gateway.requestCommand("valve", "c-1", { name: "shut" });
    const packet = (await device.until("publish")) as { messageId?: number };
    device.publish("devices/valve/commands/c-1/reply", '{"status":"failed","result":"stuck"}', { messageId: 5 });
    await device.until("puback");
    expect((await kinds(3)).at(-1)).toBe("failed");
    device.send({ cmd: "puback", messageId: packet.messageId! });
    expect((await kinds(4)).at(-1)).toBe("delivered");
  });

  it("replies that are malformed, to nothing, or to another device's command are set aside", async () => {
    const other = await gateway.connectDevice("other");
    const device = await raw();
    await subscribe(device);
    await gateway.requestCommand("valve", "c-1", { name: "shut" });
    await device.until("publish");
    device.publish("devices/valve/commands/c-1/reply", '{"status":"maybe"}', { messageId: 5 });
    device.publish("devices/valve/commands/nothing/reply", '{"status":"failed"}', { messageId: 6 });
    await device.until("puback", 2);
    await other.publishAsync("devices/other/commands/c-1/reply", '{"status":"succeeded"}', { qos: 1 });
    const set = await gateway.quarantined();
    expect(set.map(({ reason }) => reason).toSorted()).toEqual([
      "A reply to a command that is not known",
      "A reply to a command that is not known",
      "A reply's status is one of succeeded, failed, rejected",
    ]);
    expect(await kinds(2)).toEqual(["requested", "claimed"]);
  });

  it("of which a device acknowledges none: others go on, and it gets the next when the deadline of the first has passed", async () => {
    const other = await gateway.register("other");
    const mute = await raw();
    await subscribe(mute);
    const fine = await RawDevice.connect(gateway.app.mqttPort, { username: "other", password: other, clientId: "o" });
    fine.send({
      cmd: "subscribe",
      messageId: 1,
      subscriptions: [{ topic: "devices/other/commands/+", qos: 1 }],
    } as never);
    await fine.until("suback");
    const requestedAt = nowMicros();
    await gateway.requestCommand("valve", "c-1", { name: "shut", ttlMs: 6000 });
    await mute.until("publish");
    await gateway.requestCommand("valve", "c-2", { name: "open" });
    for (let i = 1; i <= 5; i += 1) {
      await gateway.requestCommand("other", `o-${i}`, { name: "shut" });
      const packet = (await fine.until("publish", i)) as { messageId?: number };
      fine.send({ cmd: "puback", messageId: packet.messageId! });
    }
    await mute.until("publish", 2);
    expect(publishes(mute).map(({ topic }) => topic.split("/").at(-1))).toEqual(["c-1", "c-2"]);
    const next = (await gateway.commands()).find(({ commandId, claimed }) => commandId === "c-2" && claimed !== null);
    expect(next!.at).toBeGreaterThan(requestedAt + 5_900_000);
  });

  it("waits for nobody's acknowledgement once it was answered", async () => {
    const device = await raw();
    await subscribe(device);
    await gateway.requestCommand("valve", "c-1", { name: "shut" });
    await gateway.requestCommand("valve", "c-2", { name: "open" });
    await device.until("publish");
    device.publish("devices/valve/commands/c-1/reply", '{"status":"succeeded"}', { messageId: 9 });
    await device.until("publish", 2);
  });

  it("goes to another session of the device when the one that would have got it ends", async () => {
    const older = await raw("older");
    await subscribe(older);
    const newer = await raw("newer");
    await subscribe(newer);
    await gateway.requestCommand("valve", "c-1", { name: "shut" });
    await newer.until("publish");
    await gateway.requestCommand("valve", "c-2", { name: "open" });
    await kinds(3);
    newer.cut();
    expect(await older.until("publish")).toMatchObject({ topic: "devices/valve/commands/c-2" });
    expect(older.count("publish")).toBe(1);
  });

  it("is not for a device that has unsubscribed; it waits until it subscribes again", async () => {
    const device = await raw();
    await subscribe(device);
    device.send({ cmd: "unsubscribe", messageId: 2, unsubscriptions: ["devices/valve/commands/+"] } as never);
    await device.until("unsuback");
    await gateway.requestCommand("valve", "c-1", { name: "shut" });
    await sleep(300);
    expect(publishes(device)).toEqual([]);
    expect(await kinds(1)).toEqual(["requested"]);
    await subscribe(device);
    await device.until("publish");
  });

  it("a thousand of them wait for one device and come in order, each once", async () => {
    for (let i = 0; i < 1000; i += 100) {
      await gateway.requestCommands(
        "valve",
        Array.from({ length: 100 }, (_, j) => `c-${i + j}`),
      );
    }
    const device = await raw();
    let seen = 0;
    device.onHeard = () => {
      for (; seen < device.heard.length; seen += 1) {
        const packet = device.heard[seen]!;
        if (packet.cmd === "publish") device.send({ cmd: "puback", messageId: packet.messageId! });
      }
    };
    await subscribe(device);
    await device.until("publish", 1000, 300_000);
    await sleep(100);
    expect(publishes(device).map(({ topic }) => topic.split("/").at(-1))).toEqual(
      Array.from({ length: 1000 }, (_, i) => `c-${i}`),
    );
  });

  it("that waited over a restart comes once, and what was sent does not come again from a model built anew", async () => {
    let device = await raw("c", false);
    await subscribe(device);
    await gateway.requestCommand("valve", "sent", { name: "shut" });
    const packet = (await device.until("publish")) as { messageId?: number };
    device.send({ cmd: "puback", messageId: packet.messageId! });
    await kinds(3);
    device.cut();
    await gateway.requestCommand("valve", "waits", { name: "shut" });
    await gateway.downGateway();
    for (const suffix of ["", "-wal", "-shm"])
      await rm(join(gateway.dataDir, "gateway", `commands.sqlite${suffix}`), { force: true });
    await gateway.upGateway();
    device = await raw("c", true);
    await subscribe(device);
    await device.until("publish");
    await sleep(300);
    expect(publishes(device).map(({ topic }) => topic)).toEqual(["devices/valve/commands/waits"]);
  });

  it("may be large; a reply may not", async () => {
    const device = await raw();
    await subscribe(device);
    const params = JSON.stringify({ text: "x".repeat(64 * 1024 - 20) });
    await gateway.requestCommand("valve", "c-1", { name: "write", params });
    await device.until("publish");
    expect(JSON.parse(publishes(device)[0]!.payload.toString())).toMatchObject({ params: JSON.parse(params) });
    const result = JSON.stringify({ status: "succeeded", result: "x".repeat(64 * 1024) });
    device.publish("devices/valve/commands/c-1/reply", result, { messageId: 5 });
    await device.until("puback");
    const set = await eventually(
      () => gateway.quarantined(),
      (all) => all.length > 0,
    );
    expect(set[0]!.reason).toBe("A reply has at most 65536 bytes");
  });

  it("goes at QoS 0 to a device that subscribed so", async () => {
    const device = await raw();
    await subscribe(device, 0);
    await gateway.requestCommand("valve", "c-1", { name: "shut" });
    expect(await device.until("publish")).toMatchObject({ qos: 0 });
  });
});
