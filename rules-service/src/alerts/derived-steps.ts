import { readingValue, type Evidence, type TelemetryRecord } from "@headwater/proto";
import type { EventLog } from "@headwater/event-log";
import { normaliseRule } from "../definition/index.ts";
import type { RuleModel } from "../rules/rule-model.ts";
import { storedDefinition } from "../rules/stored-definition.ts";
import { decodedTelemetry } from "./decoded-telemetry.ts";

/** A rule's part in a reading that was derived. */
export interface DerivedStep {
  readonly rule: string;
  readonly revision: number;
  readonly metric: string;
  /** null: the log does not hold the derived reading. */
  readonly value: number | boolean | string | null;
  /** The metrics that the revision takes; empty if it cannot be read any more. */
  readonly from: readonly string[];
  /** Of the derived reading; null: the log does not hold it. */
  readonly position: { readonly topic: string; readonly partition: number; readonly offset: number } | null;
}

/** What is derived at a record lies so many records behind it at most, or it is not looked for. */
const farthest = 20_000;
/** Records that are looked behind for one answer. */
const mostCauses = 16;
/** Rules in a row; there are no loops. */
const mostSteps = 32;

interface DerivedRecord {
  readonly record: TelemetryRecord;
  readonly offset: number;
}

export interface DerivedStepsOptions {
  readonly log: EventLog;
  readonly topic: string;
  readonly rules: RuleModel;
}

/** Of each reading that a rule derived the rules that made it, from the last one back to the first. */
export async function derivedSteps(
  evidence: readonly Evidence[],
  options: DerivedStepsOptions,
): Promise<ReadonlyMap<Evidence, readonly DerivedStep[]>> {
  const found = new Map<Evidence, readonly DerivedStep[]>();
  const behind = new Map<string, Promise<readonly DerivedRecord[]>>();
  for (const each of evidence) {
    if (each.derivedBy === "") continue;
    const cause = `${each.partition}/${each.offset}`;
    let records = behind.get(cause);
    if (records === undefined) {
      records = behind.size < mostCauses ? derivedAt(each, options) : Promise.resolve([]);
      behind.set(cause, records);
    }
    found.set(each, chainOf(each, await records, options));
  }
  return found;
}

/** What was derived at the record of some evidence, in its order. */
async function derivedAt(
  { partition, offset }: Evidence,
  { log, topic }: DerivedStepsOptions,
): Promise<readonly DerivedRecord[]> {
  const found: DerivedRecord[] = [];
  const end = (await log.positions(topic)).find((each) => each.partition === partition);
  if (end === undefined || offset < end.start) return found;
  const toOffset = Math.min(end.end, offset + farthest);
  for await (const batch of log.read(topic, partition, { fromOffset: offset, toOffset })) {
    for (const each of batch.records) {
      const record = decodedTelemetry(each);
      const cause = record?.derived?.causeOffset;
      if (cause === undefined || record === undefined || cause < offset) continue;
      // What is derived comes in the order of its causes.
      if (cause > offset) return found;
      found.push({ record, offset: each.offset });
    }
  }
  return found;
}

function chainOf(
  evidence: Evidence,
  records: readonly DerivedRecord[],
  { topic, rules }: DerivedStepsOptions,
): readonly DerivedStep[] {
  const { partition } = evidence;
  const steps: DerivedStep[] = [];
  let next: { readonly rule: string; readonly revision: number; readonly metric: string } | undefined = {
    rule: evidence.derivedBy,
    revision: evidence.derivedRevision,
    metric: evidence.metric,
  };
  let before = Infinity;
  while (next !== undefined && steps.length < mostSteps) {
    const { rule, revision, metric } = next;
    const own = records.findLast(
      ({ record: { derived, readings } }) =>
        derived?.rule === rule && derived.ordinal < before && readings[0]?.metric === metric,
    );
    const from = inputsOf(rules, rule, revision);
    steps.push({
      ...{ rule, revision, metric, from },
      value: own === undefined ? null : (readingValue(own.record.readings[0]!) ?? null),
      position: own === undefined ? null : { topic, partition, offset: own.offset },
    });
    before = own?.record.derived?.ordinal ?? before;
    const source = records.findLast(
      ({ record: { derived, readings } }) => derived!.ordinal < before && from.includes(readings[0]?.metric ?? ""),
    );
    const { derived, readings } = source?.record ?? {};
    next = derived == null ? undefined : { ...ruleOf(derived), metric: readings![0]!.metric };
  }
  return steps;
}

function ruleOf({ rule, revision }: NonNullable<TelemetryRecord["derived"]>) {
  return { rule, revision };
}

function inputsOf(rules: RuleModel, rule: string, number: number): readonly string[] {
  const revision = rules.get(rule)?.state.revisions.find((each) => each.revision === number);
  if (revision === undefined) return [];
  try {
    return normaliseRule(storedDefinition(revision, rule)).program.inputs;
  } catch {
    // It says so where it is shown.
    return [];
  }
}
