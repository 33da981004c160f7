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
function ask(log: EventLog, entry: InQuarantine, attempt: number, payload: string) {
  const { id, device, at, mqttTopic, gateway: by, partition } = entry;
  const value = events.quarantine.encode({
    ...{ id, device, at, mqttTopic, gateway: by, attempt, stage: "decode", payload: Buffer.from(payload) },
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
