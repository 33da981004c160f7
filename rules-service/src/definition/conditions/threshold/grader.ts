import type { Grader } from "../condition.ts";
import type { Operator } from "./schema.ts";

/** Levels above (or below) thresholds that grow (or shrink) with the level. */
export class SlopeGrader implements Grader {
  readonly #thresholds: Float64Array;
  readonly #sign: 1 | -1;
  readonly #inclusive: boolean;
  readonly #clear: number;

  /** `clear` is NaN if the condition has no clear level of its own. */
  constructor(thresholds: readonly number[], direction: "above" | "below", inclusive: boolean, clear: number) {
    this.#sign = direction === "above" ? 1 : -1;
    this.#thresholds = Float64Array.from(thresholds, (threshold) => threshold * this.#sign);
    this.#inclusive = inclusive;
    this.#clear = clear * this.#sign;
  }

  grade(value: number): number {
    const thresholds = this.#thresholds;
    const height = value * this.#sign;
    const lowest = thresholds[0]!;
    if (height < lowest || (height === lowest && !this.#inclusive)) return height >= this.#clear ? 0 : -1;
    let level = 1;
    while (level < thresholds.length) {
      const next = thresholds[level]!;
      if (height < next || (height === next && !this.#inclusive)) break;
      level++;
    }
    return level;
  }
}

/** A single level, either met or not. */
export class SetGrader implements Grader {
  readonly #low: number;
  readonly #high: number;
  /** Whether the level is met inside [low, high] or outside. */
  readonly #inside: boolean;

  constructor(low: number, high: number, inside: boolean) {
    this.#low = low;
    this.#high = high;
    this.#inside = inside;
  }

  grade(value: number): number {
    return (value >= this.#low && value <= this.#high) === this.#inside ? 1 : -1;
  }
}

export function graderOf(op: Operator, threshold: number, clear: number): Grader {
  if (op === "==" || op === "!=") return new SetGrader(threshold, threshold, op === "==");
  const inclusive = op === ">=" || op === "<=";
  return new SlopeGrader([threshold], op === ">" || op === ">=" ? "above" : "below", inclusive, clear);
}
