import { events, type TelemetryInput, telemetryHeaders } from "@headwater/proto";
import { eventually } from "@headwater/testkit/eventually";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { LedgerAnswer } from "../src/ledger/ledger.ts";
import { TestGateway } from "./gateway.ts";
import { openBackends, startService, type TestService, topics } from "./service.ts";

const t0 = 1_780_000_000_000_000;
const device = "d1";

let backends: Awaited<ReturnType<typeof openBackends>>;
let service: TestService;
let gateway: TestGateway;
let instances = 0;

beforeAll(async () => {
  backends = await openBackends();
  gateway = new TestGateway(backends.log);
  service = await start();
});
afterAll(async () => {
  await service.app.stop();
  await backends.close();
});

async function start(instance = instances): Promise<TestService> {
  return startService({ ...backends, dataDir: `${backends.folder}/instance-${instance}` });
}

/** What a rule derives of the record at `causeOffset`. */
function derived(causeOffset: number, ordinal: number, value: number, time = t0) {
  const event: TelemetryInput = {
    ...{ device, eventTime: time, receivedAt: time, readings: [{ metric: "twice", number: value }] },
    derived: { rule: "double", revision: 1, sourceGateway: "g1", sourceEpoch: 7, sourceN: 1, causeOffset, ordinal },
  };
  return { key: device, value: events.telemetry.encode(event), headers: telemetryHeaders.derived };
}

async function append(...records: ReturnType<typeof derived>[]): Promise<void> {
  await backends.log.append(topics.telemetry, records);
}

async function points(): Promise<[number, number][]> {
  const range = `from=${new Date(t0 / 1000 - 60_000).toISOString()}&to=${new Date(t0 / 1000 + 60_000).toISOString()}`;
  const url = `/api/v1/devices/${device}/series?metric=twice&${range}`;
  return (await service.request<{ points: [number, number][] }>("GET", url)).body.points;
}

async function expectLedger(derivedEvents: number): Promise<void> {
  const body = await eventually(
    async () => (await service.request<LedgerAnswer>("GET", "/api/v1/ledger?verify=true")).body,
    ({ totals }) => totals.lag === 0,
  );
  expect(body, JSON.stringify(body)).toMatchObject({
    balanced: true,
    totals: { logged: 3, stored: 3, duplicate: 0, derived: derivedEvents, overwritten: 0, lag: 0 },
    verified: { mismatched: 0 },
  });
}

it("what rules emit again after a crash is counted once, and undoes no later value", async () => {
  await gateway.append(...[1, 2, 3].map((x) => gateway.event(device, t0 + x, { x })));
  await gateway.markAll();
  await append(derived(0, 1, 10), derived(1, 1, 20), derived(2, 1, 30, t0 + 1));
  await append(derived(0, 1, 10));
  // The marker that the repetition is through.
  await append(derived(2, 2, 31, t0 + 2));
  await eventually(async () => expect((await points()).at(-1)).toEqual([t0 / 1000 + 0.002, 31]));
  expect((await points()).map(([, value]) => value)).toEqual([20, 30, 31]);
  await expectLedger(4);
});

it.each([
  ["restarted", 0],
  ["on another machine, which counts what the first has stored", 1],
])("so it is where the ingest service was %s", async (_name, next) => {
  await service.app.stop();
  instances += next;
  service = await start();
  const before = (await points()).length;
  await append(derived(1, 1, 20), derived(2, 2, 31, t0 + 2), derived(3, instances + 1, 40, t0 + 3 + instances));
  await eventually(async () => expect(await points()).toHaveLength(before + 1));
  await expectLedger(5 + instances);
});
