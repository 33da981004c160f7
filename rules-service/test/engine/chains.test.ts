import type { Device } from "@headwater/aggregates";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { propertyRuns } from "@headwater/testkit/property-runs";
import type { RuleDefinition } from "../../src/definition/definition.ts";
import { createPartitionEngine } from "../../src/engine/index.ts";
import { AlertReader } from "./alert-reader.ts";
import { conditions, copyOf, onCopies, ruleWith } from "./definitions.ts";
import { all, Collected, type Entry } from "./harness.ts";
import { devices, metrics, registrations, steps, withBeginning, write } from "./histories.ts";

const { absence, other: _other, expression: _expression, ...ofOneMetric } = conditions;
const kinds = { ...ofOneMetric, absence: absence.filter((written) => written["metric"] !== undefined) };

/** Where a rule and its like on what other rules derive first say something else. */
function firstDifference(
  rule: RuleDefinition,
  copies: readonly RuleDefinition[],
  like: RuleDefinition,
  log: readonly Entry[],
  registered: readonly (Device | undefined)[],
): string | undefined {
  const engine = createPartitionEngine(0);
  const effects = new Collected();
  const reader = new AlertReader();
  registered.forEach((device, index) => engine.applyDevice(devices[index]!, device, 0, effects));
  for (const definition of [like, ...copies, rule]) {
    all(engine.applyRule({ rule: definition.id, revision: 1, mode: "live", definition }, effects));
  }
  for (const { record, at } of log) {
    engine.applyRecord(record, at, effects);
    reader.read(effects.take());
    if (reader.faults.length > 0) return `at ${at.offset}: ${reader.faults.join("; ")}`;
    for (const device of devices) {
      const [own, others] = [rule, like].map(({ id }) => JSON.stringify(reader.episodes(id, device)));
      if (own !== others) return `at ${at.offset} on ${device}: ${own} of what is sent, ${others} of what is derived`;
    }
  }
  return undefined;
}

describe("a rule that judges what other rules derive says what it would say of what they derive it from", () => {
  it.each(Object.entries(kinds))(
    "%s",
    (_kind, condition) => {
      fc.assert(
        fc.property(ruleWith(condition), steps(), registrations, (rule, life, registered) => {
          const log = write(withBeginning(life));
          const copies = metrics.map((metric) => copyOf(`${metric}2`, metric));
          expect(firstDifference(rule, copies, onCopies(rule, "2"), log, registered)).toBeUndefined();
        }),
        { numRuns: propertyRuns(100) },
      );
    },
    120_000,
  );

  it("through a chain of three", () => {
    fc.assert(
      fc.property(ruleWith(fc.oneof(...Object.values(kinds))), steps(), registrations, (rule, life, registered) => {
        const log = write(withBeginning(life));
        const copies = metrics.flatMap((metric) => [
          copyOf(`${metric}4`, `${metric}3`),
          copyOf(`${metric}2`, metric),
          copyOf(`${metric}3`, `${metric}2`),
        ]);
        expect(firstDifference(rule, copies, onCopies(rule, "4"), log, registered)).toBeUndefined();
      }),
      { numRuns: propertyRuns(300) },
    );
  }, 120_000);
});
