import { normaliseRule, type RuleDefinition } from "../definition/index.ts";
import { normaliseSelector, type NormalSelector } from "../definition/selector.ts";

/** What of a rule decides whether derived metrics can come back to where they came from. */
export interface Dataflow {
  readonly takes: readonly string[];
  readonly derives: readonly string[];
  readonly selector: NormalSelector;
}

/** The same as plain data, from which it is made without the rule being compiled again. */
export interface PlainDataflow {
  readonly takes: readonly string[];
  readonly derives: readonly string[];
  readonly selector: RuleDefinition["selector"];
}

/** undefined: it derives nothing, and is part of no loop. */
export function dataflowOf(definition: RuleDefinition): Dataflow | undefined {
  const plain = plainDataflowOf(definition);
  return plain && dataflow(plain);
}

/** The same. */
export function plainDataflowOf(definition: RuleDefinition): PlainDataflow | undefined {
  const { derive, actions, selector } = definition;
  // Most rules derive nothing, and are not compiled for that.
  if (derive === undefined && actions?.some((action) => action.derive !== undefined) !== true) return undefined;
  const { program, derives } = normaliseRule(definition);
  return { takes: program.inputs, derives, selector };
}

export function dataflow({ takes, derives, selector }: PlainDataflow): Dataflow {
  return { takes, derives, selector: normaliseSelector(selector) };
}
