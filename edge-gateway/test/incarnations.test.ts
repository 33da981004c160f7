import { deleteDevice, foldDevice, registerDevice, type DeviceState } from "@headwater/aggregates";
import { nowMicros, randomToken } from "@headwater/core";
import { events } from "@headwater/proto";
import { eventually } from "@headwater/testkit/eventually";
import type { MqttClient } from "mqtt";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { tokenCredential } from "./device-log.ts";
import { GatewayUnderTest, partitions, topics } from "./gateway-under-test.ts";

const device = "valve";

describe("a device that is deleted and registered again", () => {
  let gateway: GatewayUnderTest;
  let state: DeviceState | undefined;
  beforeEach(async () => {
    gateway = await GatewayUnderTest.start({ HEADWATER_MQTT_ANONYMOUS: "true" });
    state = undefined;
  });
  afterEach(() => gateway.stop());

  /** Deletes the device, registers one, or both in one append. Answers the token of the new one. */
  const write = async (...what: ("delete" | "register")[]): Promise<string> => {
    const { token, credential } = tokenCredential();
    const records = what.map((each) => {
      const by = { at: nowMicros(), by: "test", writeId: randomToken() };
      const input =
        each === "delete"
          ? deleteDevice(state, device, by)
          : registerDevice(state, { id: device, credentials: [credential] }, by);
      const value = events.device.encode(input);
      ({ state } = foldDevice(state, events.device.decode(value), by.at));
      return { key: device, value };
    });
    await gateway.log.append(topics.devices, records);
    return token;
  };
  const publish = (client: MqttClient, value: number) =>
    client.publishAsync(`devices/${device}/telemetry`, JSON.stringify({ level: value }), { qos: 1 });
  const stamps = async () =>
    (await gateway.events()).map(({ readings, incarnation }) => [readings[0]!.number, incarnation]);
  const setAside = async () => {
    const found = [];
    for (let partition = 0; partition < partitions; partition += 1) {
      for await (const { records } of gateway.log.read(topics.quarantine, partition)) {
        for (const { value } of records) {
          const { id, at, payload, incarnation } = events.quarantine.decode(value!);
          found.push({ id, at, payload: Buffer.from(payload), incarnation, partition });
        }
      }
    }
    return found;
  };
  const ended = (client: MqttClient) =>
    eventually(
      () => client.connected,
      (connected) => !connected,
    );

  it("has its events told apart, also by a gateway that was away meanwhile", async () => {
    const first = await gateway.connect(device, await write("register"));
    await publish(first, 1);
    const token = await write("delete", "register");
    await ended(first);
    await publish(await gateway.connect(device, token), 2);
    await gateway.downGateway();
    const third = await write("delete", "register");
    await gateway.upGateway();
    await publish(await gateway.connect(device, third), 3);
    expect(await stamps()).toEqual([
      [1, 0],
      [2, 1],
      [3, 2],
    ]);
  });

  it("has what was heard after its deletion counted as the next one's, on a connection that goes on", async () => {
    await write("register");
    const anyone = await gateway.connect();
    await publish(anyone, 1);
    await write("delete");
    await eventually(
      async () => {
        await publish(anyone, 2);
        return (await stamps()).at(-1);
      },
      (stamp) => stamp?.[1] === 1,
    );
    await write("register");
    await publish(anyone, 3);
    expect((await stamps()).at(-1)).toEqual([3, 1]);
  });

  it("has messages that cannot be decoded told apart, also where the clock is an hour behind, and is so re-driven", async () => {
    // Of this thread alone: the log has a clock of its own. A gateway that has been there before does not go back.
    await gateway.stop();
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() - 3_600_000 });
    try {
      gateway = await GatewayUnderTest.start({ HEADWATER_MQTT_ANONYMOUS: "true" });
      const first = await gateway.connect(device, await write("register"));
      await first.publishAsync(`devices/${device}/telemetry`, "{", { qos: 1 });
      const token = await write("delete", "register");
      await ended(first);
      const second = await gateway.connect(device, token);
      await second.publishAsync(`devices/${device}/telemetry`, "[", { qos: 1 });
      const entries = await eventually(setAside, (found) => found.length === 2);
      expect(entries.map(({ payload, incarnation }) => [payload.toString(), incarnation])).toEqual([
        ["{", 0],
        ["[", 1],
      ]);
      for (const { id, at, partition, incarnation } of entries) {
        const payload = Buffer.from(`{"level":${incarnation}}`);
        const value = events.quarantine.encode({
          ...{ id, device, at, mqttTopic: `devices/${device}/telemetry`, attempt: 1, stage: "decode", payload },
          ...{ incarnation, requested: { by: "admin" } },
        });
        await gateway.log.append(topics.quarantine, [{ key: device, partition, value }]);
      }
      await eventually(
        async () => (await stamps()).length,
        (count) => count === 2,
      );
      expect(await stamps()).toEqual([
        [0, 0],
        [1, 1],
      ]);
    } finally {
      vi.useRealTimers();
    }
  });

  it("begins with no session of the one before, which ends at once", async () => {
    const options = { clientId: "c", clean: false };
    const first = await gateway.connect(device, await write("register"), options);
    await first.subscribeAsync(`devices/${device}/orders`, { qos: 1 });
    const away = await gateway.connect();
    const token = await write("delete", "register");
    await ended(first);
    await away.publishAsync(`devices/${device}/orders`, "for the first", { qos: 1 });
    const second = await gateway.connect(device, token, { ...options, reconnectPeriod: 0 });
    const heard: string[] = [];
    second.on("message", (_topic, payload) => heard.push(payload.toString()));
    await second.subscribeAsync(`devices/${device}/other`, { qos: 1 });
    await away.publishAsync(`devices/${device}/other`, "for the second", { qos: 1 });
    await eventually(
      () => heard.length,
      (count) => count > 0,
    );
    expect(heard).toEqual(["for the second"]);
  });

  it("gets no command that waited for the one before", async () => {
    await write("register");
    await gateway.requestCommand(device, "of-the-first", { name: "shut", ttlMs: 600_000 });
    const token = await write("delete", "register");
    const second = await gateway.connect(device, token);
    const heard: string[] = [];
    second.on("message", (topic) => heard.push(topic));
    await second.subscribeAsync(`devices/${device}/commands/+`, { qos: 1 });
    await gateway.requestCommand(device, "of-the-second", { name: "open" });
    await eventually(
      () => heard.length,
      (count) => count > 0,
    );
    expect(heard).toEqual([`devices/${device}/commands/of-the-second`]);
    expect((await gateway.commands()).filter(({ claimed }) => claimed !== null)).toHaveLength(1);
  });

  it("is told apart by every gateway, whichever the two were connected to", async () => {
    const first = await gateway.connect(device, await write("register"));
    await first.subscribeAsync(`devices/${device}/commands/+`, { qos: 1 });
    await publish(first, 1);
    const dataDir = await mkdtemp(join(tmpdir(), "gateway-"));
    const other = await GatewayUnderTest.start({}, { log: gateway.log, dataDir });
    try {
      const token = await write("delete", "register");
      await gateway.requestCommand(device, "of-the-first", { name: "shut", life: 1 });
      const second = await other.connect(device, token);
      const heard: string[] = [];
      second.on("message", (topic) => heard.push(topic));
      await second.subscribeAsync(`devices/${device}/commands/+`, { qos: 1 });
      await publish(second, 2);
      await gateway.requestCommand(device, "of-the-second", { name: "open", life: 2 });
      await eventually(
        () => heard.length,
        (count) => count > 0,
      );
      await ended(first);
      expect(heard).toEqual([`devices/${device}/commands/of-the-second`]);
      const claims = (await gateway.commands()).filter(({ claimed }) => claimed !== null);
      expect(claims.map(({ commandId }) => commandId)).toEqual(["of-the-second"]);
      expect(await stamps()).toEqual([
        [1, 0],
        [2, 1],
      ]);
    } finally {
      await other.downGateway();
      await rm(dataDir, { recursive: true, force: true });
    }
  });
});
