import { ConflictError, RequestError } from "@headwater/core";
import type { Position } from "@headwater/event-log";
import { InvalidRequestError } from "@headwater/service";
import { loopText } from "../loops/deriving-rules.ts";
import { canonicalRule, ruleSchemaVersion, type RuleDefinition } from "../definition/index.ts";
import { savedLoop } from "./saved-loop.ts";
import type { RuleModel, StoredRule } from "./rule-model.ts";
import { writeKept, type Kept, type KeptWritesOptions, type RuleInput, type RuleWrite } from "./write-kept.ts";

type RuleDecision = Pick<RuleInput, "created" | "revised" | "enabled" | "disabled" | "deleted" | "shadowed">;

export type RuleWritesOptions = KeptWritesOptions<StoredRule, RuleModel>;

export interface WrittenRule {
  readonly rule: StoredRule;
  /** undefined: the rule was already as asked, and nothing was written. */
  readonly position: Position | undefined;
}

/**
 * The write side of rules. Every method rejects as performWrite does, and with ConflictError (409, or 412 under a
 * precondition) if another write to the rule came first.
 */
export class RuleWrites {
  readonly #options: RuleWritesOptions;

  constructor(options: RuleWritesOptions) {
    this.#options = options;
  }

  /** Makes a draft. A deleted rule can be created again; its revisions continue. */
  create(definition: RuleDefinition, write: RuleWrite): Promise<WrittenRule> {
    const { id } = definition;
    return this.#write(id, write, (stored) => {
      if (stored !== undefined && stored.state.mode !== "deleted") {
        throw new ConflictError(`There is a rule ${id} already; revise it with PUT, or choose another id`);
      }
      this.#refuseLoop(definition, write);
      return { created: revisionOf(definition, (stored?.state.revision ?? 0) + 1) };
    });
  }

  /** Writes nothing if the present definition is the same. */
  revise(id: string, definition: RuleDefinition, write: RuleWrite): Promise<WrittenRule> {
    return this.#write(id, write, (stored) => {
      const { state } = presentRule(stored, id);
      if (state.revisions.at(-1)!.definition === canonicalRule(definition)) return undefined;
      this.#refuseLoop(definition, write);
      if (state.mode === "live") this.#refuseIfLive(id, definition);
      return { revised: revisionOf(definition, state.revision + 1) };
    });
  }

  /** Writes nothing if the rule has that mode, or is a draft that is to be disabled. */
  switchTo(id: string, mode: "live" | "shadow" | "disabled", write: RuleWrite): Promise<WrittenRule> {
    return this.#write(id, write, (stored) => {
      const { state } = presentRule(stored, id);
      if (state.mode === mode || (mode === "disabled" && state.mode === "draft")) return undefined;
      if (mode === "live") this.#refuseIfLive(id);
      return mode === "live" ? { enabled: {} } : mode === "shadow" ? { shadowed: {} } : { disabled: {} };
    });
  }

  /** Loops are found when a rule is saved, whether or not the others are switched on. */
  #refuseLoop(definition: RuleDefinition, { isLoopless = false }: RuleWrite): void {
    const problem = isLoopless ? undefined : savedLoop(this.#options.model, definition);
    if (problem !== undefined) throw new InvalidRequestError("rule", [problem]);
  }

  /** Two rules that were saved at the same time may each have passed. */
  #refuseIfLive(id: string, definition?: RuleDefinition): void {
    const loop = this.#options.model.loopIfLive(id, definition);
    if (loop === undefined) return;
    throw new ConflictError(`Rule ${id} would make a loop: ${loopText(loop)}; switch one of them off, or revise it`, {
      details: { loop },
    });
  }

  delete(id: string, write: RuleWrite): Promise<WrittenRule> {
    return this.#write(id, write, (stored) => {
      presentRule(stored, id);
      return { deleted: {} };
    });
  }

  async #write(
    id: string,
    write: RuleWrite,
    decide: (stored: StoredRule | undefined) => RuleDecision | undefined,
  ): Promise<WrittenRule> {
    const { state, position } = await writeKept(rules, this.#options, id, write, decide);
    return { rule: state, position };
  }
}

const rules: Kept<StoredRule> = {
  kind: "rule",
  nameOf: (id) => id,
  sequenceOf: ({ state }) => state.sequence,
  revisionOf: ({ state }) => (state.mode === "deleted" ? undefined : state.revision),
};

function revisionOf(definition: RuleDefinition, revision: number): NonNullable<RuleInput["created"]> {
  return { revision, schema: ruleSchemaVersion, definition: canonicalRule(definition) };
}

/** Throws RequestError (404, `rule-unknown`) for a rule that never was or is deleted. */
export function presentRule(stored: StoredRule | undefined, id: string): StoredRule {
  if (stored === undefined || stored.state.mode === "deleted") throw noSuchRule(id);
  return stored;
}

export function noSuchRule(id: string): RequestError {
  return new RequestError(404, "rule-unknown", `There is no rule ${id}`);
}
