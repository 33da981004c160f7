import { type CommandInput, events } from "@headwater/proto";
import { nowMicros } from "@headwater/core";
import { partitionFor } from "@headwater/event-log";
import { type SeriesRow, textField } from "@headwater/time-series";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { eventually } from "@headwater/testkit/eventually";
import { TestGateway } from "./gateway.ts";
import { loadConfig } from "@headwater/service";
import { ingestSettings } from "../src/config.ts";
import { openBackends, partitions, startService, type TestService, topics } from "./service.ts";

const second = 1_000_000;
const device = "d1";

let backends: Awaited<ReturnType<typeof openBackends>>;
let service: TestService;

beforeEach(async () => {
  backends = await openBackends();
  service = await startService({ ...backends, dataDir: backends.folder });
});
afterEach(async () => {
  await service.app.stop();
  await backends.close();
});

async function restart(): Promise<void> {
  await service.app.stop();
  service = await startService({ ...backends, dataDir: backends.folder });
}

async function appendTo(topic: string, value: Uint8Array): Promise<void> {
  await backends.log.append(topic, [{ key: device, partition: partitionFor(device, partitions), value, headers: {} }]);
}

function presence(what: Parameters<typeof events.presence.encode>[0]): Promise<void> {
  return appendTo(topics.presence, events.presence.encode({ device, gateway: "g1", ...what }));
}

function command(what: CommandInput): Promise<void> {
  return appendTo(topics.commands, events.command.encode({ device, at: nowMicros(), ...what }));
}

async function rows(measurement: string, field: string, tags: Record<string, string> = {}): Promise<SeriesRow[]> {
  const found: SeriesRow[] = [];
  const query = { measurement, tags: { device, ...tags }, field, from: -(2 ** 53) + 1, to: 2 ** 53 - 1 };
  for await (const some of backends.store.query(query)) found.push(...some);
  return found;
}

describe("beside the data the store has", () => {
  it("when a device was connected, and no end of a session that was taken over", async () => {
    const now = nowMicros();
    const at = (ago: number): number => now - ago * second;
    await presence({ session: "s1", at: at(50), connected: {} });
    await presence({ session: "s2", at: at(40), connected: {} });
    await presence({ session: "s1", at: at(39), disconnected: { reason: "taken-over" } });
    await presence({ session: "s2", at: at(30), lastWill: { topic: "x" } });
    await presence({ session: "s2", at: at(20), disconnected: { reason: "keep-alive" } });
    await presence({ session: "s2", at: at(10), disconnected: { reason: "keep-alive" } });
    const expected = [
      [at(50), 1],
      [at(40), 1],
      [at(20), 0],
    ];
    await eventually(async () => expect(await rows("presence", "connected")).toEqual(expected));
    expect(await rows("presence", textField("reason"))).toEqual([[at(20), "keep-alive"]]);
    expect((await rows("presence", textField("gateway"))).map(([, name]) => name)).toEqual(["g1", "g1", "g1"]);
    await restart();
    await presence({ session: "s3", at: at(5), connected: {} });
    await eventually(async () => expect(await rows("presence", "connected")).toEqual([...expected, [at(5), 1]]));
  });

  it("how each command ended, the first end alone, also of those that end together", async () => {
    const rule = { commandId: "c2", requested: { name: "shut", ttlMs: 60_000, cause: { alertId: "a", rule: "hot" } } };
    await command({ commandId: "c1", requested: { name: "open", ttlMs: 60_000 } });
    await command(rule);
    await command({ commandId: "c3", requested: { name: "open", ttlMs: 60_000 } });
    await command({ commandId: "c1", claimed: { gateway: "g1", session: "s1" } });
    await command({ commandId: "c1", succeeded: { result: "{}" } });
    await command({ commandId: "c1", failed: { result: "{}" } });
    await command({ commandId: "c2", rejected: { reason: "x".repeat(5000) } });
    await command({ commandId: "nobody-asked", succeeded: {} });
    await eventually(async () => {
      expect((await rows("commands", textField("command"))).map(([, id]) => id)).toEqual(["c1"]);
      expect((await rows("commands", textField("command"), { rule: "hot" })).map(([, id]) => id)).toEqual(["c2"]);
    });
    expect((await rows("commands", textField("status"))).map(([, status]) => status)).toEqual(["succeeded"]);
    expect((await rows("commands", "succeeded", { rule: "hot" })).map(([, value]) => value)).toEqual([0]);
    expect((await rows("commands", textField("reason"), { rule: "hot" }))[0]![1]).toHaveLength(1000);
    expect((await rows("commands", "seconds"))[0]![1]).toBeGreaterThanOrEqual(0);
    await restart();
    await command({ commandId: "c3", failed: {} });
    await eventually(async () =>
      expect((await rows("commands", textField("name"))).map(([, name]) => name)).toEqual(["open", "open"]),
    );
    const { body } = await service.request<{ items: unknown[] }>("GET", "/api/v1/quarantine");
    expect(body.items).toEqual([]);
  });

  it("after an update what came since an hour, of a group that has projected telemetry alone", async () => {
    const gateway = new TestGateway(backends.log);
    await gateway.append(gateway.event(device, nowMicros(), { t: 1 }));
    const group = loadConfig(ingestSettings, { env: {} }).ingest.group;
    await eventually(async () => {
      const [first] = (await backends.log.committed(group, [topics.telemetry])).filter(({ offset }) => offset > 0);
      expect(first).toBeDefined();
    });
    await service.app.stop();
    expect(await backends.log.committed(group, [topics.presence])).toEqual([]);
    await presence({ session: "s1", at: nowMicros(), connected: {} });
    await restart();
    await eventually(async () => expect(await rows("presence", "connected")).toHaveLength(1));
  });
});
