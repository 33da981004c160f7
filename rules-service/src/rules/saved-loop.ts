import type { SchemaProblem } from "@headwater/service/schema";
import type { RuleDefinition } from "../definition/index.ts";
import { dataflowOf } from "../loops/dataflow.ts";
import type { DerivingRules } from "../loops/deriving-rules.ts";
import { loopProblem } from "../loops/loop-problems.ts";

/** The loop that a rule makes with those that are saved, whether or not they are switched on; undefined: none. */
export function savedLoop(saved: { deriving(): DerivingRules }, definition: RuleDefinition): SchemaProblem | undefined {
  const flow = dataflowOf(definition);
  const loop = flow && saved.deriving().loopThrough(definition.id, flow);
  return loop && loopProblem(definition, loop);
}

/** The same of rules that are saved together, each in the place of the one of its id. */
export function loopsOfAll(
  saved: { deriving(): DerivingRules },
  entries: readonly { readonly definition: RuleDefinition; readonly pointer: string }[],
): readonly SchemaProblem[] {
  const flows = entries.map(({ definition }) => dataflowOf(definition));
  if (flows.every((flow) => flow === undefined)) return [];
  const rules = saved.deriving().copy();
  for (const [index, { definition }] of entries.entries()) rules.set(definition.id, flows[index]);
  return entries.flatMap(({ definition, pointer }, index) => {
    const flow = flows[index];
    const loop = flow && rules.loopThrough(definition.id, flow);
    if (loop === undefined) return [];
    const problem = loopProblem(definition, loop);
    return [{ ...problem, pointer: `${pointer}${problem.pointer}` }];
  });
}
