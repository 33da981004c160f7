import { parentPort, workerData } from "node:worker_threads";
import fc from "fast-check";
import type { createPartitionEngine } from "../../src/engine/index.ts";
import { agreesWithReference } from "./agreement.ts";
import { definition, several } from "./definitions.ts";
import { registrations, steps, withBeginning, write } from "./histories.ts";

// Looks for a history over which an engine, loaded from elsewhere, does not agree with the reference.

const { engine, runs } = workerData as { engine: string; runs: number };
const { createPartitionEngine: create } = (await import(engine)) as {
  createPartitionEngine: typeof createPartitionEngine;
};
const found = fc.check(
  fc.property(
    several(definition),
    steps(),
    registrations,
    (rules, life, registered) =>
      agreesWithReference(create, rules, write(withBeginning(life)), registered) === undefined,
  ),
  { numRuns: runs, endOnFailure: true, seed: 7 },
);
parentPort?.postMessage({ noticed: found.failed, runs: found.numRuns });
