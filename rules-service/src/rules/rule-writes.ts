import { randomUUID } from "node:crypto";
import type { RuleState } from "@headwater/aggregates";
import { cloudEventHeaders, events, eventTypes } from "@headwater/proto";
import { ConflictError, nowMicros, RequestError } from "@headwater/core";
import type { Position } from "@headwater/event-log";
import { canonicalRule, ruleSchemaVersion, type RuleDefinition } from "../definition/index.ts";
import { writeEvent, type WriteOptions } from "../http/written-event.ts";
import type { RuleModel, StoredRule } from "./rule-model.ts";

type RuleInput = Parameters<typeof events.rule.encode>[0];
type RuleWhat = Pick<RuleInput, "created" | "revised" | "enabled" | "disabled" | "deleted" | "shadowed">;

export interface RuleWritesOptions extends Omit<WriteOptions, "model"> {
  readonly model: RuleModel;
  readonly topic: string;
  readonly instance: string;
}

/** Who writes, and on what condition. */
export interface RuleWrite {
  readonly by: string;
  /** Revision that the caller has seen (If-Match): another present one is refused with 412. */
  readonly ifRevision?: number;
}

export interface WrittenRule {
  readonly rule: StoredRule;
  /** undefined: nothing had to be written. */
  readonly position: Position | undefined;
}

/** The write side of rules: each write is an event that says which state it expects; the first in log order wins. */
export class RuleWrites {
  readonly #options: RuleWritesOptions;

  constructor(options: RuleWritesOptions) {
    this.#options = options;
  }

  /** A new rule is a draft. One that was deleted can be created again; its revisions go on. */
  create(definition: RuleDefinition, write: RuleWrite): Promise<WrittenRule> {
    const { id } = definition;
    const present = this.#options.model.get(id)?.state;
    if (present !== undefined && present.mode !== "deleted") {
      throw new ConflictError(`There is a rule ${id} already; revise it with PUT, or choose another id`);
    }
    const created = this.#revision(definition, (present?.revision ?? 0) + 1);
    return this.#write(id, present, { created }, write);
  }

  async revise(id: string, definition: RuleDefinition, write: RuleWrite): Promise<WrittenRule> {
    const rule = this.#present(id, write);
    const { state } = rule;
    if (state.revisions.at(-1)!.definition === canonicalRule(definition)) return { rule, position: undefined };
    return this.#write(id, state, { revised: this.#revision(definition, state.revision + 1) }, write);
  }

  /** Switching to the mode that it has is no write. */
  async switchTo(id: string, mode: "live" | "shadow" | "disabled", write: RuleWrite): Promise<WrittenRule> {
    const rule = this.#present(id, write);
    const { state } = rule;
    if (state.mode === mode || (mode === "disabled" && state.mode === "draft")) return { rule, position: undefined };
    const what = mode === "live" ? { enabled: {} } : mode === "shadow" ? { shadowed: {} } : { disabled: {} };
    return this.#write(id, state, what, write);
  }

  async delete(id: string, write: RuleWrite): Promise<WrittenRule> {
    const { state } = this.#present(id, write);
    return this.#write(id, state, { deleted: {} }, write);
  }

  #present(id: string, { ifRevision }: RuleWrite): StoredRule {
    const rule = this.#options.model.get(id);
    if (rule === undefined || rule.state.mode === "deleted") throw noSuchRule(id);
    if (ifRevision !== undefined && rule.state.revision !== ifRevision) {
      throw new ConflictError(`Rule ${id} is at revision ${rule.state.revision}, not ${ifRevision}; read it again`, {
        status: 412,
      });
    }
    return rule;
  }

  #revision(definition: RuleDefinition, revision: number): { revision: number; schema: number; definition: string } {
    return { revision, schema: ruleSchemaVersion, definition: canonicalRule(definition) };
  }

  async #write(id: string, present: RuleState | undefined, what: RuleWhat, write: RuleWrite): Promise<WrittenRule> {
    const { model, topic, instance } = this.#options;
    const sequence = (present?.sequence ?? 0) + 1;
    const writeId = randomUUID();
    const at = nowMicros();
    const source = `/headwater/rules/${instance}`;
    const record = {
      key: id,
      value: events.rule.encode({ rule: id, sequence, writeId, at, by: write.by, ...what }),
      headers: cloudEventHeaders({ type: eventTypes.rule, source, id: writeId, time: at }),
    };
    const position = await writeEvent(topic, record, { ...this.#options, model: model.readModel });
    if (model.winnerOf(id, sequence) !== writeId) {
      throw new ConflictError(`Someone else changed rule ${id} at the same time; read it and try again`, {
        status: write.ifRevision === undefined ? 409 : 412,
      });
    }
    return { rule: model.get(id)!, position };
  }
}

export function noSuchRule(id: string): RequestError {
  return new RequestError(404, "no-such-rule", `There is no rule ${id}`);
}
