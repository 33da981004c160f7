import type { Device } from "@headwater/aggregates";
import { plainProgram, type Program } from "../program.ts";
import { unranked, verdictOf, verdicts, type Verdict } from "../verdict.ts";
import type { Expression, Scope } from "./cel.ts";

interface ExpressionState {
  /** Of each metric that the expression names, in its order; null: never heard. */
  readonly values: readonly (number | string | boolean | null)[];
  readonly device: Scope["device"];
  readonly verdict: Verdict;
}

const noDevice: Scope["device"] = { id: "", type: "", tags: {}, attributes: {} };

/** An expression over the last values of a device's metrics and its own fields. An error is unknown. */
export function expressionProgram(expression: Expression, rank = unranked): Program<ExpressionState> {
  const { metrics, namesDevice } = expression;
  const judged = (values: ExpressionState["values"], device: Scope["device"]): ExpressionState => {
    const known: Record<string, number | string | boolean> = Object.create(null) as Record<string, never>;
    for (const [index, metric] of metrics.entries()) {
      const value = values[index];
      if (value !== null && value !== undefined) known[metric] = value;
    }
    const result = expression.evaluate({ metrics: known, device });
    const verdict = result === true ? verdictOf(rank, 1) : result === false ? verdicts.clear : verdicts.unknown;
    return { values, device, verdict };
  };
  const fieldsOf = (device: Device | undefined): Scope["device"] => {
    if (!namesDevice || device === undefined) return noDevice;
    const { id, type, tags, attributes } = device;
    return { id, type, tags, attributes };
  };
  return {
    ...plainProgram,
    inputs: metrics,
    lookBack: Infinity,
    ranks: [rank],
    readsDevice: namesDevice,
    watchesSilence: expression.mayHoldUnheard,
    initial: (device) =>
      judged(
        metrics.map(() => null),
        fieldsOf(device),
      ),
    step(state, { readings }) {
      let values: (number | string | boolean | null)[] | undefined;
      for (const { metric, value, isBoolean } of readings) {
        const index = metrics.indexOf(metric);
        const own = isBoolean ? value === 1 : value;
        if (index < 0 || state.values[index] === own) continue;
        values ??= [...state.values];
        values[index] = own;
      }
      return values === undefined ? state : judged(values, state.device);
    },
    withDevice(state, device) {
      const fields = fieldsOf(device);
      return JSON.stringify(fields) === JSON.stringify(state.device) ? state : judged(state.values, fields);
    },
    verdict: ({ verdict }) => verdict,
    measure({ values }) {
      const index = values.findLastIndex((value) => value !== null);
      const value = values[index];
      if (value === undefined || value === null) return undefined;
      return {
        metric: metrics[index]!,
        value: typeof value === "boolean" ? Number(value) : value,
        threshold: Number.NaN,
      };
    },
  };
}
