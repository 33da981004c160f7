import type { Position } from "@headwater/event-log";

/**
 * Keys of rule-state.v1. Every key but a claim's carries the epoch of the owner that wrote it, so that compaction never
 * lets a former owner's late record take the place of its successor's.
 */
export const stateKeys = {
  /** Unique: claims fence everything after them, so none replaces another. */
  claim: (id: string): string => `claim/${id}`,
  effective: (epoch: number, { topic, partition, offset }: Position): string =>
    `effective/${epoch}/${topic}/${partition}/${offset}`,
  /** Rewritten with every checkpoint: every operator action up to the offset that it names has taken effect. */
  alertsRead: (epoch: number): string => `alerts-read/${epoch}`,
  /** The length of the rule's id distinguishes (`a/b`, `c`) from (`a`, `b/c`). */
  state: (epoch: number, rule: string, device: string): string => `state/${epoch}/${rule.length}/${rule}/${device}`,
  checkpoint: (epoch: number): string => `checkpoint/${epoch}`,
} as const;

/** Of a state, by its key alone; undefined: it is none of a state. */
export function ofStateKey(key: string): { readonly rule: string; readonly device: string } | undefined {
  if (!key.startsWith("state/")) return undefined;
  const lengthAt = key.indexOf("/", "state/".length) + 1;
  const ruleAt = key.indexOf("/", lengthAt) + 1;
  if (lengthAt === 0 || ruleAt === 0) return undefined;
  const length = Number(key.slice(lengthAt, ruleAt - 1));
  const ruleEnd = ruleAt + length;
  // What is no number leads nowhere, and no rule has an empty id.
  if (!(length > 0) || key[ruleEnd] !== "/") return undefined;
  return { rule: key.slice(ruleAt, ruleEnd), device: key.slice(ruleEnd + 1) };
}

/** Header of a tombstone that names the owner who removed the key, since a tombstone has no value. */
export const ownerEpochHeader = "owner-epoch";
