import { plainProgram, type Program } from "../program.ts";
import { unranked, verdictOf, verdicts, type Verdict } from "../verdict.ts";
import type { Expression, Scope } from "./cel.ts";
import { deviceFieldsOf, metricsOf, valuesAfter, type LastValues } from "./seen.ts";

interface ExpressionState {
  readonly values: LastValues;
  readonly device: Scope["device"];
  readonly verdict: Verdict;
}

/** An expression over the last values of a device's metrics and its own fields. An error is unknown. */
export function expressionProgram(expression: Expression, rank = unranked): Program<ExpressionState> {
  const { metrics, namesDevice } = expression;
  const judged = (values: LastValues, device: Scope["device"]): ExpressionState => {
    const result = expression.evaluate({ metrics: metricsOf(metrics, values), device });
    const verdict = result === true ? verdictOf(rank, 1) : result === false ? verdicts.clear : verdicts.unknown;
    return { values, device, verdict };
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
        deviceFieldsOf(device, namesDevice),
      ),
    step(state, sample) {
      const values = valuesAfter(metrics, state.values, sample);
      return values === state.values ? state : judged(values, state.device);
    },
    withDevice(state, device) {
      const fields = deviceFieldsOf(device, namesDevice);
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
