import { parentPort, workerData } from "node:worker_threads";
import fc from "fast-check";
import type { createPartitionEngine } from "../../src/engine/index.ts";
import { agreesWithReference } from "./agreement.ts";
import { calmDefinition, calmLife } from "./calm-lives.ts";
import { definition, gated, several } from "./definitions.ts";
import { punctual, registrations, steps, withBeginning, write } from "./histories.ts";
import { longRule, longSteps, punctualSteps, scheduledRule, writeLong } from "./long-lives.ts";
import { anyRule, joinedLife, ruleOfReadings } from "../joins/joined-life.ts";
import { differsFromReaders, differsFromReference } from "../joins/readers.ts";

// Looks for a history over which an engine, loaded from elsewhere, does not agree with the reference.

const { engine, runs, first } = workerData as { engine: string; runs: number; first: number };
const { createPartitionEngine: create } = (await import(engine)) as {
  createPartitionEngine: typeof createPartitionEngine;
};
const agreeing = (property: fc.IProperty<unknown>, share: number) => (): boolean =>
  !fc.check(property, { numRuns: Math.ceil(runs * share), endOnFailure: true, seed: 7 }).failed;
const looks: readonly (() => boolean)[] = [
  agreeing(
    fc.property(
      several(definition),
      steps(),
      registrations,
      (rules, life, registered) =>
        agreesWithReference(create, rules, write(withBeginning(life)), registered) === undefined,
    ),
    1,
  ),
  agreeing(
    fc.property(
      several(gated(definition)),
      steps(),
      registrations,
      (rules, life, registered) =>
        agreesWithReference(create, rules, write(withBeginning(punctual(life))), registered) === undefined,
    ),
    1,
  ),
  // Lives take longer than histories of readings alone.
  agreeing(
    fc.property(joinedLife(anyRule), (life) => differsFromReaders(create, life) === undefined),
    1 / 6,
  ),
  agreeing(
    fc.property(joinedLife(ruleOfReadings), (life) => differsFromReference(create, life) === undefined),
    1 / 6,
  ),
  agreeing(
    fc.property(
      longRule,
      longSteps,
      registrations,
      ({ rule, change }, life, registered) =>
        agreesWithReference(create, [rule], writeLong(life, change), registered) === undefined,
    ),
    1 / 6,
  ),
  agreeing(
    fc.property(
      scheduledRule,
      punctualSteps,
      ({ rule, change }, life) => agreesWithReference(create, [rule], writeLong(life, change)) === undefined,
    ),
    1 / 20,
  ),
  agreeing(
    fc.property(
      several(calmDefinition),
      calmLife(2),
      registrations,
      (rules, life, registered) =>
        agreesWithReference(create, rules, write(withBeginning(life)), registered) === undefined,
    ),
    1 / 6,
  ),
];
// Those of the mutant's own kind come first.
const order = [...looks.slice(first), ...looks.slice(0, first)];
parentPort?.postMessage({ noticed: !order.every((agrees) => agrees()) });
