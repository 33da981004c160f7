import { writeSparkplug, type SparkplugMetric } from "@headwater/decode";
import type { EventLog } from "@headwater/event-log";
import { events, type QuarantineEvent, type TelemetryRecord } from "@headwater/proto";
import { eventually } from "@headwater/testkit/eventually";
import { afterEach, expect, it } from "vitest";
import { GatewayUnderTest, partitions, topics } from "./gateway-under-test.ts";

let gateway: GatewayUnderTest;
afterEach(async () => {
  await gateway.stop();
});

type InQuarantine = QuarantineEvent & { readonly partition: number };

async function quarantine(log: EventLog): Promise<readonly InQuarantine[]> {
  const found: InQuarantine[] = [];
  for (let partition = 0; partition < partitions; partition += 1) {
    for await (const { records } of log.read(topics.quarantine, partition)) {
      for (const { value } of records) found.push({ ...whole(events.quarantine.decode(value!)), partition });
    }
  }
  return found;
}
/** With the defaults that a decoded event has from its prototype. */
function whole(event: QuarantineEvent): QuarantineEvent {
  const { id, device, at, stage, reason, payload, gateway: by, mqttTopic, attempt } = event;
  return { ...event, id, device, at, stage, reason, payload, gateway: by, mqttTopic, attempt };
}
async function telemetry(log: EventLog): Promise<readonly TelemetryRecord[]> {
  const found: TelemetryRecord[] = [];
  for (let partition = 0; partition < partitions; partition += 1) {
    for await (const { records } of log.read(topics.telemetry, partition)) {
      for (const { value } of records) {
        const record = events.telemetry.decode(value!);
        if (record.readings.length > 0) found.push(record);
      }
    }
  }
  return found;
}
function ask(log: EventLog, entry: InQuarantine, attempt: number, payload: string | Uint8Array) {
  const { id, device, at, mqttTopic, gateway: by, partition } = entry;
  const value = events.quarantine.encode({
    ...{ id, device, at, mqttTopic, gateway: by, attempt, stage: "decode", payload: Buffer.from(payload as string) },
    requested: { by: "admin" },
  });
  return log.append(topics.quarantine, [{ key: device, partition, value }]);
}

it("a message that could not be read becomes an event of the time at which it was taken", async () => {
  gateway = await GatewayUnderTest.start();
  const device = await gateway.connectDevice("d1");
  for (const text of ["{", "[", "("]) await device.publishAsync("devices/d1/telemetry", text, { qos: 1 });
  const entries = await eventually(async () => {
    const found = await quarantine(gateway.log);
    expect(found).toHaveLength(3);
    return found;
  });
  // The device's own time is believed for a year.
  const ts = new Date(Date.now() - 3_600_000).toISOString();
  const payloads = ['{"a":1}', "still (", `[{"a":2},{"ts":"${ts}","values":{"a":3}}]`];
  for (const [index, entry] of entries.entries()) await ask(gateway.log, entry, 1, payloads[index]!);
  const made = await eventually(async () => {
    const found = await telemetry(gateway.log);
    expect(found).toHaveLength(2);
    return found;
  });
  const [first, second] = made;
  expect(first).toMatchObject({
    device: "d1",
    eventTime: entries[0]!.at,
    redrive: { entry: entries[0]!.id, attempt: 1 },
  });
  expect(first!.receivedAt).toBeGreaterThan(entries[2]!.at);
  expect(second!.eventTime).toBe(entries[2]!.at);
  expect(second!.eventTime + second!.readings[1]!.timeDelta).toBe(Date.parse(ts) * 1000);
  const ends = await eventually(async () => {
    const steps = (await quarantine(gateway.log)).filter(({ attempt }) => attempt === 1);
    const found = steps.filter(({ requested, claimed }) => requested == null && claimed == null);
    expect(found).toHaveLength(3);
    return found;
  });
  expect(ends.find(({ id }) => id === entries[0]!.id)!.redriven).toMatchObject({ n: first!.n, epoch: first!.epoch });
  expect(ends.find(({ id }) => id === entries[1]!.id)).toMatchObject({ attempt: 1, stage: "decode" });
  expect(ends.find(({ id }) => id === entries[1]!.id)!.reason).toMatch(/JSON/);

  // The same request again, and a restart: nothing more comes of it.
  await ask(gateway.log, entries[0]!, 1, '{"a":9}');
  await gateway.restart();
  await ask(gateway.log, entries[1]!, 2, '{"b":1}');
  await eventually(async () => expect(await telemetry(gateway.log)).toHaveLength(3));
  expect((await telemetry(gateway.log)).at(-1)).toMatchObject({ redrive: { entry: entries[1]!.id, attempt: 2 } });
});

it("what another gateway has claimed and does not take does not keep this one from what is behind it", async () => {
  gateway = await GatewayUnderTest.start();
  const device = await gateway.connectDevice("d1");
  await device.publishAsync("devices/d1/telemetry", "{", { qos: 1 });
  const [entry] = await eventually(async () => {
    const found = await quarantine(gateway.log);
    expect(found).toHaveLength(1);
    return found;
  });
  // More than a look at the requests takes in, in front of it, by a gateway that is away.
  const others = Array.from({ length: 300 }, (_, i) => {
    const named = { id: `away-${i}`, device: `away-${i}`, attempt: 1, stage: "decode", gateway: "away" };
    const requested = events.quarantine.encode({ ...named, payload: Buffer.from("{}"), requested: { by: "admin" } });
    const claimed = events.quarantine.encode({ ...named, claimed: { gateway: "away" } });
    return [requested, claimed].map((value) => ({ key: named.device, partition: 0, value }));
  });
  await gateway.log.append(topics.quarantine, others.flat());
  await ask(gateway.log, entry!, 1, '{"a":1}');
  await eventually(async () => expect(await telemetry(gateway.log)).toHaveLength(1));
  expect((await telemetry(gateway.log))[0]).toMatchObject({ device: "d1", redrive: { attempt: 1 } });
});

it("what another gateway has claimed of a device comes before what is behind it of the same", async () => {
  gateway = await GatewayUnderTest.start();
  const device = await gateway.connectDevice("d1");
  for (const text of ["{", "["]) await device.publishAsync("devices/d1/telemetry", text, { qos: 1 });
  const [first, second] = await eventually(async () => {
    const found = await quarantine(gateway.log);
    expect(found).toHaveLength(2);
    return found;
  });
  const step = (more: object) => {
    const value = events.quarantine.encode({ id: first!.id, device: "d1", attempt: 1, stage: "decode", ...more });
    return { key: "d1", partition: first!.partition, value };
  };
  const requested = step({ gateway: "away", payload: Buffer.from("{}"), requested: { by: "admin" } });
  await gateway.log.append(topics.quarantine, [requested, step({ claimed: { gateway: "away" } })]);
  await ask(gateway.log, second!, 1, '{"a":2}');
  // The claim of this one is there, and it waits.
  await eventually(async () => {
    const claims = (await quarantine(gateway.log)).filter(({ id, claimed }) => id === second!.id && claimed != null);
    expect(claims).not.toHaveLength(0);
  });
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  expect(await telemetry(gateway.log)).toEqual([]);
  await gateway.log.append(topics.quarantine, [step({ gateway: "away", redriven: {} })]);
  await eventually(async () => expect(await telemetry(gateway.log)).toHaveLength(1));
});

async function onlyEntry(): Promise<InQuarantine> {
  return eventually(async () => {
    const [entry] = await quarantine(gateway.log);
    expect(entry).toBeDefined();
    return entry!;
  });
}

async function onlyEvent(): Promise<TelemetryRecord> {
  return eventually(async () => {
    const found = (await telemetry(gateway.log)).filter(({ redrive }) => redrive != null);
    expect(found).toHaveLength(1);
    return found[0]!;
  });
}

it("a message that named its format by its content type is read by that format once more", async () => {
  gateway = await GatewayUnderTest.start();
  const device = await gateway.connectDevice("d1", { protocolVersion: 5 });
  const properties = { contentType: "application/cbor" };
  // {"a": 1, and no end.
  await device.publishAsync("devices/d1/telemetry", Buffer.from("a2616101", "hex"), { qos: 1, properties });
  const entry = await onlyEntry();
  expect(entry.mqttTopic).toBe("devices/d1/telemetry/cbor");
  await ask(gateway.log, entry, 1, Buffer.from("a1616101", "hex"));
  expect((await onlyEvent()).readings).toMatchObject([{ metric: "a", number: 1 }]);
});

it("data of Sparkplug that came before the birth is read by the birth that came since, and is not heard now", async () => {
  gateway = await GatewayUnderTest.start();
  const node = await gateway.connectDevice("plant:line1");
  const at = Date.now() - 5_000;
  const publish = (type: string, seq: number, ...metrics: readonly SparkplugMetric[]) => {
    const payload = Buffer.from(writeSparkplug({ timestamp: at, seq, metrics }));
    return node.publishAsync(`spBv1.0/plant/${type}/line1`, payload, { qos: 1 });
  };
  await publish("NDATA", 5, { alias: 2, isTyped: false, value: 21.5 });
  const entry = await onlyEntry();
  expect(entry.reason).toContain("not known from a birth");
  const bdSeq = { name: "bdSeq", isTyped: true, value: 3n };
  await publish("NBIRTH", 0, bdSeq, { name: "Temperature", alias: 2, isTyped: true, value: 20 });
  await ask(gateway.log, entry, 1, entry.payload);
  const { readings, eventTime } = await onlyEvent();
  expect([readings, eventTime]).toMatchObject([[{ metric: "Temperature", number: 21.5 }], at * 1000]);

  // The next of the session that goes on is no gap.
  await publish("NDATA", 1, { alias: 2, isTyped: false, value: 22 });
  expect(await gateway.metric("headwater_gateway_lost_before_total")).toBe(0);
});
