import { join } from "node:path";
import type { Point, WriteResult } from "@headwater/time-series";
import { eventually } from "@headwater/testkit/eventually";
import { sleep } from "@headwater/core";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { LedgerAnswer } from "../src/ledger/ledger.ts";
import { FlakyStore } from "./flaky-store.ts";
import { TestGateway } from "./gateway.ts";
import { openBackends, partitions, startService, type TestService } from "./service.ts";

/** A store whose writes are on their way for as long as somebody wants. */
class SlowStore extends FlakyStore {
  #arrives = Promise.resolve();

  /** From now on writes reach the store once the answer was called. */
  hold(): () => void {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#arrives = promise;
    return resolve;
  }

  override async write(points: readonly Point[]): Promise<WriteResult> {
    await this.#arrives;
    return super.write(points);
  }
}

const t0 = 1_780_000_000_000_000;

let backends: Awaited<ReturnType<typeof openBackends>>;
const services: TestService[] = [];

beforeEach(async () => {
  backends = await openBackends();
});
afterEach(async () => {
  await Promise.all(services.splice(0).map(({ app }) => app.stop()));
  await backends.close();
});

async function start(name: string, store = backends.store): Promise<TestService> {
  const service = await startService({ ...backends, store, dataDir: join(backends.folder, name) });
  services.push(service);
  return service;
}

it("a write on its way when partitions go to another instance overtakes nothing that is newer", async () => {
  const slow = new SlowStore(backends.store);
  const first = await start("first", slow);
  const gateway = new TestGateway(backends.log);
  const devices = Array.from({ length: 20 }, (_, index) => `d${index}`);
  expect(new Set(devices.map((device) => gateway.partitionOf(device))).size).toBe(partitions);
  const arrive = slow.hold();
  await gateway.append(...devices.map((device) => gateway.event(device, t0, { a: 1 })));
  await eventually(async () => {
    const { body } = await first.request<LedgerAnswer>("GET", "/api/v1/ledger");
    expect(body.totals.lag).toBe(devices.length);
  });
  const starting = start("second");
  await gateway.append(...devices.map((device) => gateway.event(device, t0, { a: 2 })));
  await gateway.markAll();
  const latest = async (device: string): Promise<unknown> =>
    (await backends.store.latest("telemetry", { device })).find(({ field }) => field === "a")?.value;
  // The second one either has stored what is newer by now, or waits for what the first one has under way.
  const isOver = new AbortController();
  await Promise.race([
    eventually(async () => expect(await Promise.all(devices.map(latest))).toContain(2)),
    sleep(1500, isOver.signal),
  ]);
  isOver.abort();
  arrive();
  const second = await starting;
  const answer = await eventually(async () => {
    const { body } = await second.request<LedgerAnswer>("GET", "/api/v1/ledger?verify=true");
    expect(body.totals).toMatchObject({ stored: 2 * devices.length, lag: 0 });
    return body;
  });
  expect(await Promise.all(devices.map(latest))).toEqual(devices.map(() => 2));
  expect(answer).toMatchObject({ balanced: true, verified: { mismatched: 0 } });
});
