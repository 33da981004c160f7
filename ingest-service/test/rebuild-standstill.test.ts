import { sleep } from "@headwater/core";
import type { EventLog } from "@headwater/event-log";
import { eventually } from "@headwater/testkit/eventually";
import { expect, it } from "vitest";
import { TestGateway } from "./gateway.ts";
import { openBackends, startService, topics } from "./service.ts";

const minute = 60_000_000;
/** Longer than an owner waits for its read model at once (milliseconds). */
const standstillMs = 11_000;

/** A log that leaves whoever follows it without records, from the second step of a rebuild on until `goOn`. */
function standingStill(log: EventLog): { readonly log: EventLog; readonly stands: Promise<void>; goOn(): void } {
  const [begins, ends] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  let steps = 0;
  let isStill = false;
  const append: EventLog["append"] = async (topic, records) => {
    steps += Number(topic === topics.rebuilds);
    if (steps > 1 && !isStill) {
      isStill = true;
      begins.resolve();
    }
    return log.append(topic, records);
  };
  const follow: EventLog["follow"] = (options) =>
    log.follow({
      ...options,
      async onBatch(batch) {
        if (isStill) await ends.promise;
        await options.onBatch(batch);
      },
    });
  return { log: replaced(log, { append, follow }), stands: begins.promise, goOn: () => ends.resolve() };
}

/** The log with other methods in the place of some of its own. */
function replaced(log: EventLog, methods: Partial<EventLog>): EventLog {
  return new Proxy(log, {
    get(target, name) {
      const value: unknown = Reflect.get(methods, name) ?? Reflect.get(target, name);
      return typeof value === "function" ? (value as (...args: unknown[]) => unknown).bind(target) : value;
    },
  });
}

it("a rebuild waits for a read model that stands still", async () => {
  const t0 = (Math.floor(Date.now() / 3_600_000) - 3) * 60 * minute;
  const backends = await openBackends();
  const still = standingStill(backends.log);
  const gateway = new TestGateway(backends.log);
  const service = await startService({ ...backends, log: still.log, dataDir: backends.folder });
  try {
    await gateway.append(gateway.event("d", t0, { a: 1 }));
    await gateway.markAll();
    await eventually(async () => {
      const { body } = await service.request<{ totals: object }>("GET", "/api/v1/ledger");
      expect(body.totals).toMatchObject({ stored: 1, lag: 0 });
    });
    const iso = (time: number): string => new Date(time / 1000).toISOString();
    const range = { from: iso(t0), to: iso(t0 + 60 * minute) };
    const { body } = await service.request<{ id: string }>("POST", "/api/v1/rebuilds", range);
    await still.stands;
    await sleep(standstillMs);
    still.goOn();
    await eventually(async () => {
      const { body: now, text } = await service.request<{ state: string }>("GET", `/api/v1/rebuilds/${body.id}`);
      expect(now.state, text).not.toBe("replacing");
      expect(now.state, text).not.toBe("shadowing");
      expect(now.state, text).toBe("done");
    });
  } finally {
    still.goOn();
    await service.app.stop();
    await backends.close();
  }
});
