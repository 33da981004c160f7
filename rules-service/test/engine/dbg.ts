import fc from "fast-check";
import { createPartitionEngine } from "../../src/engine/index.ts";
import { agreesWithReference } from "./agreement.ts";
import { definitions, steps, write } from "./histories.ts";
import { epoch0, second } from "./harness.ts";
const r = fc.check(
  fc.property(definitions, steps(), (rules, life) => agreesWithReference(createPartitionEngine, rules, write(life)) === undefined),
  { numRuns: Number(process.argv[2] ?? 1500), seed: Number(process.argv[3] ?? 1) },
);
console.log("runs", r.numRuns, "failed", r.failed);
if (r.failed) {
  const [rules, life] = r.counterexample!;
  console.log(JSON.stringify(rules));
  for (const { record, at } of write(life)) {
    const t = (x: number) => (x - epoch0) / second;
    console.log(at.offset, "append", t(at.appendTime), record.gateway, record.mark ? "mark" : record.tick ? "tick" : record.device, record.gateway ? "recv " + t(record.receivedAt) : "", record.readings.map((x) => `${x.number}@${t(record.eventTime + x.timeDelta)}`).join(" "));
  }
  console.log(agreesWithReference(createPartitionEngine, rules, write(life)));
}
