import { eventTypes, events } from "@headwater/proto";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { eventually } from "@headwater/testkit/eventually";
import { propertyRuns } from "@headwater/testkit/property-runs";
import type { LedgerAnswer } from "../src/ledger/ledger.ts";
import { TestGateway, type Values } from "./gateway.ts";
import { openBackends, startService, type TestService, topics } from "./service.ts";

const t0 = 1_780_000_000_000_000;
const second = 1_000_000;

let backends: Awaited<ReturnType<typeof openBackends>>;
let service: TestService;
let gateway: TestGateway;

beforeEach(async () => {
  backends = await openBackends();
  gateway = new TestGateway(backends.log);
});
afterEach(async () => {
  await service.app.stop();
  await backends.close();
});

async function start(ingest: Record<string, unknown>): Promise<void> {
  service = await startService({ ...backends, dataDir: backends.folder, ingest });
}

interface Entry {
  readonly id: string;
  readonly device: string;
  readonly state: string;
  readonly attempt: number;
  readonly cause?: string;
  readonly metrics: readonly string[];
}
type Redriven = { requested: number; skipped: Record<string, number>; more: boolean };

async function entries(query = ""): Promise<readonly Entry[]> {
  const { body } = await service.request<{ items: Entry[] }>("GET", `/api/v1/quarantine?limit=1000${query}`);
  return body.items;
}
async function redrive(body: object = { all: true }): Promise<Redriven> {
  const answer = await service.request<Redriven>("POST", "/api/v1/quarantine/redrive", body);
  expect(answer.status, answer.text).toBe(202);
  return answer.body;
}
/** Resolves when no attempt is under way. */
async function settled(): Promise<readonly Entry[]> {
  return eventually(async () => {
    const found = await entries();
    expect(found.filter(({ state }) => state === "requested" || state === "claimed")).toEqual([]);
    return found;
  });
}
async function ledger(query = "?verify=true"): Promise<LedgerAnswer> {
  return (await service.request<LedgerAnswer>("GET", `/api/v1/ledger${query}`)).body;
}
async function projected(): Promise<LedgerAnswer> {
  await gateway.markAll();
  return eventually(async () => {
    const now = await ledger();
    expect(now.totals.lag).toBe(0);
    return now;
  });
}
async function latest(device: string): Promise<Record<string, unknown>> {
  type Latest = { values: Record<string, { value: unknown }> };
  const { body } = await service.request<Latest>("GET", `/api/v1/devices/${device}/latest`);
  return Object.fromEntries(Object.entries(body.values ?? {}).map(([metric, { value }]) => [metric, value]));
}
function values(from: number, to: number): Values {
  return Object.fromEntries(Array.from({ length: to - from }, (_, index) => [`m${from + index}`, from + index]));
}

describe("what was beyond a limit", () => {
  it("is stored under its identity once the limit is raised, and its event moves to another column", async () => {
    await start({ seriesPerDevice: 2 });
    await gateway.append(gateway.event("d", t0, values(0, 4)), gateway.event("d", t0 + second, values(4, 6)));
    const before = await projected();
    expect(before).toMatchObject({ balanced: true, totals: { partlyStored: 1, quarantined: 1, stored: 0 } });
    // Nothing has changed: it is refused again, with an attempt more.
    expect(await redrive()).toEqual({ requested: 2, skipped: {}, more: false });
    expect((await settled()).map(({ state, attempt }) => [state, attempt])).toEqual([
      ["quarantined", 1],
      ["quarantined", 1],
    ]);
    await service.app.stop();
    await start({ seriesPerDevice: 5 });
    await redrive();
    const partly = await settled();
    expect(partly.map(({ state, attempt, metrics }) => [state, attempt, metrics])).toEqual([
      ["quarantined", 2, ["m5"]],
      ["redriven", 2, []],
    ]);
    expect(await ledger()).toMatchObject({
      balanced: true,
      totals: { logged: 2, stored: 1, partlyStored: 1, quarantined: 0 },
      verified: { mismatched: 0, stored: 5 },
    });
    await service.app.stop();
    await start({});
    expect(await redrive({ device: "d" })).toMatchObject({ requested: 1 });
    await settled();
    expect(await latest("d")).toEqual(values(0, 6));
    expect(await ledger()).toMatchObject({
      balanced: true,
      totals: { logged: 2, stored: 2, partlyStored: 0, quarantined: 0, duplicate: 0 },
      verified: { mismatched: 0, stored: 6 },
    });
    expect(await redrive()).toMatchObject({ requested: 0 });
    expect(service.app.warnings!()).toEqual([]);
  });

  it("is stored once the device may have more, which a fix says; the minute does not matter", async () => {
    await start({ seriesPerDevice: 2, newSeriesPerMinute: 3 });
    await service.request("POST", "/api/v1/devices", { id: "d" });
    await gateway.append(gateway.event("d", t0, values(0, 9)));
    await projected();
    const [entry] = await entries();
    const fixed = await service.request("POST", `/api/v1/quarantine/${entry!.id}/fix`, { seriesLimit: 9 });
    expect(fixed.status, fixed.text).toBe(200);
    expect(await redrive({ ids: [entry!.id, "nobody"] })).toEqual({
      requested: 1,
      skipped: { unknown: 1 },
      more: false,
    });
    await settled();
    expect(await latest("d")).toEqual(values(0, 9));
    const unknown = await service.request("POST", "/api/v1/quarantine/nobody/fix", { seriesLimit: 9 });
    expect(unknown.status).toBe(404);
    const again = await service.request("POST", `/api/v1/quarantine/${entry!.id}/fix`, {
      topic: "devices/d/telemetry",
    });
    expect(again.status).toBe(409);
  });

  it("does not bring back what was corrected since, and corrects what came before it", async () => {
    await start({ seriesPerDevice: 1 });
    await gateway.append(
      gateway.event("d", t0, { a: 0 }),
      gateway.event("d", t0, { b: 1 }),
      gateway.event("d", t0 + second, { b: 2 }),
    );
    await projected();
    await service.app.stop();
    await start({});
    await gateway.append(gateway.event("d", t0, { b: 10 }));
    await projected();
    await redrive();
    await settled();
    const rows: unknown[] = [];
    const series = { measurement: "telemetry", tags: { device: "d" }, field: "b", from: t0, to: t0 + 2 * second };
    for await (const chunk of backends.store.query(series)) rows.push(...chunk);
    expect(rows).toEqual([
      [t0, 10],
      [t0 + second, 2],
    ]);
    expect(await ledger()).toMatchObject({ balanced: true, totals: { stored: 4 }, verified: { mismatched: 0 } });
  });

  it("is asked for once, whoever asks", async () => {
    await start({ seriesPerDevice: 1 });
    for (let n = 0; n < 30; n += 1) await gateway.append(gateway.event(`d${n % 5}`, t0 + n, values(0, 3)));
    await projected();
    await service.app.stop();
    await start({});
    const answers = await Promise.all([redrive(), redrive(), redrive({ cause: "series-per-device" })]);
    expect(answers.every(({ requested }) => requested <= 30)).toBe(true);
    const found = await settled();
    expect(found.map(({ state }) => state)).toEqual(found.map(() => "redriven"));
    expect(await ledger()).toMatchObject({
      balanced: true,
      totals: { stored: 30 },
      verified: { mismatched: 0, stored: 90 },
    });
  });
});

describe("entries that nobody here wrote", () => {
  it("are no reason to stop: what cannot be handled stays, with the reason", async () => {
    await start({});
    const strange = [
      { id: "q1", stage: "store", logTopic: topics.telemetry, logOffset: 10 ** 12, payload: Buffer.from("?") },
      { id: "q2", stage: "store", logTopic: topics.alerts, logOffset: 7, payload: Buffer.from("?") },
      { id: "q3", stage: "log", logTopic: topics.commands },
      { id: "q4", stage: "store", logTopic: "elsewhere" },
    ];
    for (const each of strange) {
      const value = events.quarantine.encode({ device: "s", reason: "r", at: Date.now() * 1000, ...each });
      await backends.log.append(topics.quarantine, [
        { key: "s", partition: 0, value, headers: { ce_type: eventTypes.quarantine } },
      ]);
    }
    await eventually(async () => expect(await entries()).toHaveLength(4));
    expect(await redrive()).toMatchObject({ requested: 2, skipped: { "it is no telemetry": 2 } });
    await eventually(async () =>
      expect((await entries()).map(({ id, state, attempt }) => [id, state, attempt])).toEqual([
        ["q4", "quarantined", 0],
        ["q3", "quarantined", 0],
        ["q2", "quarantined", 1],
        ["q1", "quarantined", 1],
      ]),
    );
    await gateway.append(gateway.event("d", t0, { a: 1 }));
    await eventually(async () => expect(await latest("d")).toEqual({ a: 1 }));
  });

  it("are seen as far as they can be read", async () => {
    await start({ seriesPerDevice: 1 });
    await gateway.append(gateway.event("d", t0, { a: 1, b: 2 }));
    await projected();
    const [entry] = await entries();
    const { body } = await service.request<{ hex: string; decoded: object }>("GET", `/api/v1/quarantine/${entry!.id}`);
    expect(body).toMatchObject({
      id: entry!.id,
      decoded: {
        as: "record",
        value: {
          device: "d",
          n: 1,
          readings: [
            { metric: "a", value: 1 },
            { metric: "b", value: 2 },
          ],
        },
      },
    });
    expect(body.hex).toMatch(/^([0-9a-f]{2})+$/);
  });
});

it("the account of a partition agrees before, during and after", async () => {
  await start({});
  const step = fc.oneof(
    fc.record({
      event: fc.constantFrom("a", "b", "c"),
      metrics: fc.integer({ min: 1, max: 5 }),
      at: fc.nat({ max: 3 }),
    }),
    fc.record({ restartWith: fc.integer({ min: 1, max: 6 }) }),
    fc.constant("redrive" as const),
  );
  let run = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 12 }), async (script) => {
      run += 1;
      for (const each of script) {
        if (each === "redrive") {
          await redrive();
          const during = await ledger();
          expect(during, JSON.stringify(during)).toMatchObject({ balanced: true, verified: { mismatched: 0 } });
        } else if ("restartWith" in each) {
          await service.app.stop();
          await start({ seriesPerDevice: each.restartWith });
        } else await gateway.append(gateway.event(`${each.event}${run}`, t0 + each.at, values(0, each.metrics)));
      }
      await projected();
      await service.app.stop();
      await start({});
      await redrive();
      await settled();
      const after = await ledger();
      expect(after, JSON.stringify(after)).toMatchObject({
        balanced: true,
        totals: { partlyStored: 0, quarantined: 0, stored: after.totals.logged },
        verified: { mismatched: 0 },
      });
    }),
    { numRuns: propertyRuns(8) },
  );
});
