import { join } from "node:path";
import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { RuleState } from "@headwater/aggregates";
import { eventSchemaVersion, type RuleEvent } from "@headwater/proto";
import type { EventLog, LogBatch, TopicNames } from "@headwater/event-log";
import { openReadModel, type ReadModel } from "@headwater/event-log/read-model";
import { HeadwaterError, type Logger } from "@headwater/core";
import { FoldOutcomes, type FoldedEvents } from "@headwater/service";
import { dataflow, dataflowOf, plainDataflowOf, type Dataflow, type PlainDataflow } from "../loops/dataflow.ts";
import { DerivingRules, type Loop } from "../loops/deriving-rules.ts";
import { foldRuleAmong } from "../loops/fold-rules.ts";
import type { RuleDefinition } from "../definition/index.ts";
import { storedDefinition } from "./stored-definition.ts";

export interface RuleModelOptions {
  readonly log: EventLog;
  readonly topics: TopicNames;
  readonly dataDir: string;
  readonly logger: Logger;
  readonly folded: FoldedEvents;
}

/** A change of a rule that would have closed a loop, and was ignored; until the next one that counts. */
export interface IgnoredChange {
  readonly change: "enabled" | "revised";
  readonly at: number;
  readonly by: string;
  readonly loop: Loop;
}

export interface StoredRule {
  readonly state: RuleState;
  readonly createdAt: number;
  readonly ignored?: IgnoredChange | undefined;
}

/** The read model of rules: the fold of rules.v1. */
export class RuleModel {
  readonly readModel: ReadModel;
  /** Outcomes of the writes under way in this process. */
  readonly outcomes = new FoldOutcomes<StoredRule>();
  readonly #get: StatementSync;
  readonly #list: StatementSync;
  /** Rules that derive and are switched on; undefined: to be read again. */
  #live: DerivingRules | undefined;
  /** Those that derive, whatever their mode: to read thousands of them for each that is saved takes too long. */
  #saved: DerivingRules | undefined;

  constructor({ log, topics, dataDir, logger, folded }: RuleModelOptions) {
    this.readModel = openReadModel({
      file: join(dataDir, "rules", "rules.sqlite"),
      schemaVersion: `5.${eventSchemaVersion}`,
      topics: [topics.rules],
      log,
      logger,
      migrate: (db) => {
        this.#live = undefined;
        this.#saved = undefined;
        migrate(db);
      },
      apply: (db, batch) => this.#apply(db, batch, folded),
    });
    const { db } = this.readModel;
    this.#get = db.prepare(selectRule);
    this.#list = db.prepare(
      "SELECT state, created_at, ignored FROM rules WHERE id > ? AND mode <> 'deleted' AND (?2 IS NULL OR mode = ?2) ORDER BY id LIMIT ?3",
    );
  }

  /** A rule, a deleted one too: its sequence and revisions continue if it is created again. */
  get(id: string): StoredRule | undefined {
    const row = this.#get.get(id);
    return row === undefined ? undefined : storedRule(row);
  }

  /** Rules with ids after that one, by id, without deleted ones. */
  list(afterId: string, mode: string | undefined, limit: number): StoredRule[] {
    return this.#list.all(afterId, mode ?? null, limit).map(storedRule);
  }

  /** Every rule that derives and is not deleted, whatever its mode. */
  deriving(): DerivingRules {
    this.#saved ??= savedRules(this.readModel.db);
    return this.#saved;
  }

  /** The loop that a rule would close if it were switched on: as it is, or as its next revision. */
  loopIfLive(id: string, next?: RuleDefinition): Loop | undefined {
    const flow = next === undefined ? this.#flow(id) : dataflowOf(next);
    if (flow === undefined) return undefined;
    this.#live ??= liveRules(this.readModel.db);
    return this.#live.loopThrough(id, flow);
  }

  #flow(id: string): Dataflow | undefined {
    return flowOf(this.#get.get(id));
  }

  #apply(db: DatabaseSync, batch: LogBatch, folded: FoldedEvents): void {
    const get = db.prepare(selectRule);
    const put = db.prepare("INSERT OR REPLACE INTO rules (id, mode, created_at, state, flow) VALUES (?, ?, ?, ?, ?)");
    const ignore = db.prepare("UPDATE rules SET ignored = ? WHERE id = ?");
    try {
      for (const record of batch.records) {
        const event = folded.rule(batch, record);
        if (event === undefined) continue;
        const row = get.get(event.rule);
        const present = row === undefined ? undefined : storedRule(row);
        const plain = flowAfter(event, row);
        const flow = plain && dataflow(plain);
        this.#live ??= liveRules(db);
        this.#saved ??= savedRules(db);
        const { state, accepted, loop } = foldRuleAmong(present?.state, event, flow, this.#live);
        if (!accepted || state === undefined) {
          const lost = loop === undefined ? present : { ...present!, ignored: ignoredChange(event, loop) };
          if (loop !== undefined) ignore.run(JSON.stringify(lost!.ignored), event.rule);
          this.outcomes.folded(event.writeId, false, lost);
          continue;
        }
        const createdAt = event.created === null ? (present?.createdAt ?? event.at) : event.at;
        put.run(
          event.rule,
          state.mode,
          createdAt,
          JSON.stringify(state),
          plain === undefined ? null : JSON.stringify(plain),
        );
        this.#saved.set(event.rule, state.mode === "deleted" ? undefined : flow);
        this.outcomes.folded(event.writeId, true, { state, createdAt });
      }
    } catch (error) {
      // What the batch has done so far is undone.
      this.#live = undefined;
      this.#saved = undefined;
      throw error;
    }
  }
}

const selectRule = "SELECT state, created_at, ignored, flow FROM rules WHERE id = ?";

function storedRule(row: Record<string, unknown>): StoredRule {
  const rule = { state: JSON.parse(row["state"] as string) as RuleState, createdAt: row["created_at"] as number };
  const ignored = row["ignored"];
  return typeof ignored === "string" ? { ...rule, ignored: JSON.parse(ignored) as IgnoredChange } : rule;
}

function ignoredChange({ enabled, at, by }: RuleEvent, loop: Loop): IgnoredChange {
  return { change: enabled === null ? "revised" : "enabled", at, by, loop };
}

/** `flow`: by the newest definition that this version can read, by which the rule is evaluated. */
function migrate(db: DatabaseSync): void {
  db.exec(`
    CREATE TABLE rules (
      id TEXT PRIMARY KEY, mode TEXT NOT NULL, created_at INTEGER NOT NULL, state TEXT NOT NULL,
      flow TEXT, ignored TEXT
    ) STRICT;
    CREATE INDEX rules_deriving ON rules (mode) WHERE flow IS NOT NULL;
  `);
}

function liveRules(db: DatabaseSync): DerivingRules {
  return derivingRules(db.prepare("SELECT id, flow FROM rules WHERE mode = 'live' AND flow IS NOT NULL").all());
}

function savedRules(db: DatabaseSync): DerivingRules {
  return derivingRules(db.prepare("SELECT id, flow FROM rules WHERE mode <> 'deleted' AND flow IS NOT NULL").all());
}

function derivingRules(rows: readonly Record<string, unknown>[]): DerivingRules {
  const rules = new DerivingRules();
  for (const row of rows) rules.set(row["id"] as string, flowOf(row));
  return rules;
}

/** After an event, by the newest definition that can be read; only of rules that derive, the others are in no loop. */
function flowAfter(
  { rule, created, revised }: RuleEvent,
  before: Record<string, unknown> | undefined,
): PlainDataflow | undefined {
  const kept = created === null ? plainFlowOf(before) : undefined;
  const defined = created ?? revised;
  if (defined === null) return kept;
  if (kept === undefined && !defined.definition.includes('"derive"')) return undefined;
  try {
    return plainDataflowOf(storedDefinition(defined, rule));
  } catch (error) {
    if (!(error instanceof HeadwaterError)) throw error;
    return kept;
  }
}

function plainFlowOf(row: Record<string, unknown> | undefined): PlainDataflow | undefined {
  const flow = row?.["flow"];
  return typeof flow === "string" ? (JSON.parse(flow) as PlainDataflow) : undefined;
}

function flowOf(row: Record<string, unknown> | undefined): Dataflow | undefined {
  const plain = plainFlowOf(row);
  return plain && dataflow(plain);
}
