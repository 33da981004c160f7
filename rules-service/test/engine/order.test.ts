import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { propertyRuns } from "@headwater/testkit/property-runs";
import { createPartitionEngine } from "../../src/engine/index.ts";
import { all, Collected, LogWriter, at, ruleOf } from "./harness.ts";
import { definition, gated } from "./definitions.ts";
import { AlertReader } from "./alert-reader.ts";

interface Sample {
  readonly time: number;
  readonly value: number;
  /** Of its arrival, in seconds, below the lateness. */
  readonly delay: number;
}

/** No two readings of one instant: of those the log's order decides, which is what this varies. */
const samples: fc.Arbitrary<readonly Sample[]> = fc.uniqueArray(
  fc.record({
    time: fc.integer({ min: 0, max: 60 }),
    value: fc.nat({ max: 6 }),
    delay: fc.integer({ min: 0, max: 9 }),
  }),
  { selector: ({ time }) => time, minLength: 2, maxLength: 25 },
);

describe("another order of arrival within the lateness", () => {
  it("ends in the same episodes", () => {
    fc.assert(
      fc.property(
        gated(definition),
        samples,
        fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 25, maxLength: 25 }),
        (given, list, others) => {
          const rule = ruleOf({ ...given, lateness: "10s" });
          const again = list.map((sample, index) => ({ ...sample, delay: others[index]! }));
          expect(episodesOf(rule, again)).toEqual(episodesOf(rule, list));
        },
      ),
      { numRuns: propertyRuns(600) },
    );
  });
});

function episodesOf(rule: ReturnType<typeof ruleOf>, list: readonly Sample[]) {
  const engine = createPartitionEngine(0);
  const effects = new Collected();
  const log = new LogWriter();
  all(engine.applyRule({ rule: rule.id, revision: 1, mode: "live", definition: rule }, effects));
  const arrivals = list.toSorted((a, b) => a.time + a.delay - (b.time + b.delay) || a.time - b.time);
  for (const { time, value, delay } of arrivals) {
    const event = { device: "d", eventTime: at(time), readings: [{ metric: "t", number: value }] };
    const received = at(time + delay);
    const { record, at: position } = log.append(
      { gateway: "g", epoch: 1, n: log.n("g"), receivedAt: received, ...event },
      received,
    );
    engine.applyRecord(record, position, effects);
    const mark = log.append(
      { gateway: "g", epoch: 1, n: log.n("g"), receivedAt: received, mark: { received: 1 } },
      received,
    );
    engine.applyRecord(mark.record, mark.at, effects);
  }
  const end = log.append(
    { gateway: "g", epoch: 1, n: log.n("g"), receivedAt: at(500), mark: { received: 1 } },
    at(500),
  );
  engine.applyRecord(end.record, end.at, effects);
  const listener = new AlertReader();
  listener.read(effects.take());
  expect(listener.faults).toEqual([]);
  expect(engine.counters.tooLate).toBe(0);
  return listener.episodes(rule.id, "d");
}
