import type { SchemaProblem } from "@headwater/service/schema";
import { loopText, type Loop } from "./deriving-rules.ts";
import type { RuleDefinition } from "../definition/index.ts";

/** What is wrong with a rule that closes a loop: which of its derives does, and how to mend it. */
export function loopProblem({ derive, actions }: RuleDefinition, loop: Loop): SchemaProblem {
  const { metric } = loop[0]!;
  const index = (actions ?? []).findIndex((action) => action.derive?.metric === metric);
  const pointer = derive?.metric === metric ? "/derive/metric" : `/actions/${index}/derive/metric`;
  const others = [...new Set(loop.slice(1).map(({ rule }) => rule))];
  const remedy = others.length === 0 ? "" : `, or revise or delete ${others.join(" or ")}`;
  return { pointer, detail: `makes a loop: ${loopText(loop)}; derive another metric${remedy}` };
}
