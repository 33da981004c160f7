import type { Device } from "@headwater/aggregates";
import type { Anchor, Reading, Value } from "../../readings/reading.ts";
import type { Program } from "../program.ts";
import { noWakes, plainProgram } from "../program.ts";
import { unranked, verdictOf, verdicts } from "../verdict.ts";
import type { Operator } from "../comparison/schema.ts";

interface Known extends Anchor {
  readonly value: Value;
}

interface PairState {
  readonly left: Known | null;
  readonly right: Known | null;
  /** Whether one of them has become older than `within`. */
  readonly stale: boolean;
}

const nothing: PairState = { left: null, right: null, stale: false };

/** One metric compared with another of the device; not known while either is older than `within` (microseconds). */
export function otherMetricProgram(
  metric: string,
  op: Operator,
  other: string,
  within: number,
  rank = unranked,
): Program<PairState> {
  const oldest = ({ left, right }: PairState): Known | null =>
    left === null || right === null ? null : left.time <= right.time ? left : right;
  return {
    ...plainProgram,
    inputs: metric === other ? [metric] : [metric, other],
    lookBack: within,
    ranks: [rank],
    initial: () => nothing,
    step(state, sample) {
      const left = knownIn(sample.readings, metric) ?? state.left;
      const right = knownIn(sample.readings, other) ?? state.right;
      if (left === state.left && right === state.right) return state;
      const next = { left, right, stale: false };
      const old = oldest(next);
      if (old === null) return next;
      // At the very instant at which it becomes too old, the readings of that instant come first.
      const due = old.time + within;
      const wasStale = state.stale && old === oldest(state);
      return { ...next, stale: wasStale || sample.time > due };
    },
    wakes(state) {
      const old = oldest(state);
      return old === null || state.stale ? noWakes : [{ time: old.time + within, anchor: old }];
    },
    elapse: (state) => ({ ...state, stale: true }),
    verdict({ left, right, stale }) {
      if (left === null || right === null || stale) return verdicts.unknown;
      return verdictBy(op, left.value, right.value, rank);
    },
    measure({ left, right }) {
      if (left === null || right === null) return undefined;
      return { metric, value: left.value, threshold: typeof right.value === "number" ? right.value : Number.NaN };
    },
  };
}

interface LimitState {
  readonly value: Value | null;
  readonly limit: Value | null;
}

/** A metric compared with an attribute of its device (`limits.max`), or with a default where there is none. */
export function attributeProgram(
  metric: string,
  op: Operator,
  attribute: string,
  otherwise: Value | undefined,
  rank = unranked,
): Program<LimitState> {
  const limitOf = (device: Device | undefined): Value | null => {
    const { attributes } = device ?? {};
    const found = attributes !== undefined && Object.hasOwn(attributes, attribute) ? attributes[attribute] : undefined;
    if (found === undefined) return otherwise ?? null;
    return typeof found === "boolean" ? Number(found) : found;
  };
  return {
    ...plainProgram,
    inputs: [metric],
    lookBack: Infinity,
    ranks: [rank],
    readsDevice: true,
    initial: (device) => ({ value: null, limit: limitOf(device) }),
    step(state, { readings }) {
      const value = knownIn(readings, metric)?.value;
      return value === undefined || value === state.value ? state : { ...state, value };
    },
    withDevice(state, device) {
      const limit = limitOf(device);
      return limit === state.limit ? state : { ...state, limit };
    },
    verdict: ({ value, limit }) =>
      value === null || limit === null ? verdicts.unknown : verdictBy(op, value, limit, rank),
    measure({ value, limit }) {
      if (value === null) return undefined;
      return { metric, value, threshold: typeof limit === "number" ? limit : Number.NaN };
    },
  };
}

/** Unknown where the two are of different types, or texts are to be ordered. */
function verdictBy(op: Operator, a: Value, b: Value, rank: number): number {
  if (typeof a !== typeof b) return verdicts.unknown;
  const equal = op === "==" || op === "!=";
  if (typeof a === "string" && !equal) return verdicts.unknown;
  const holds = { ">": a > b, ">=": a >= b, "<": a < b, "<=": a <= b, "==": a === b, "!=": a !== b }[op];
  return holds ? verdictOf(rank, 1) : verdicts.clear;
}

function knownIn(readings: readonly Reading[], metric: string): Known | undefined {
  const reading = readings.findLast((each) => each.metric === metric);
  if (reading === undefined) return undefined;
  const { time, logTime, gateway, value } = reading;
  return { time, logTime, gateway, value };
}
