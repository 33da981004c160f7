import { InvariantError } from "@headwater/core";
import { parseExpression, type Expression, type Scope } from "../../conditions/expression/cel.ts";
import { deviceFieldsOf, metricsOf, valuesAfter, type LastValues } from "../../conditions/expression/seen.ts";
import { plainProgram, type Program } from "../../conditions/program.ts";
import { unranked, verdicts } from "../../conditions/verdict.ts";
import type { Reading, Sample } from "../../readings/reading.ts";

/** Longest text that is derived. */
export const maxTextLength = 1024;

/** A derive of a rule without a condition, as it is written. */
interface Written {
  readonly metric: string;
  readonly value?: number | boolean | string | undefined;
  readonly expression?: string | undefined;
  readonly from?: string | undefined;
}

/** What a reading derives. */
export interface DerivedValue {
  readonly metric: string;
  /** undefined: not known, such as after an error of the expression. */
  readonly value: number | boolean | string | undefined;
  readonly source: Reading;
}

/** What a rule without a condition does with the samples of a device. */
export interface ContinualDerivation {
  /** Raises nothing; its state is what the expressions know besides the present sample. */
  readonly program: Program;
  /** Of a sample, with the program's state after it. */
  readonly derive: (state: unknown, sample: Sample) => readonly DerivedValue[];
}

interface DerivingState {
  readonly values: LastValues;
  readonly device: Scope["device"];
}

interface Output {
  readonly metric: string;
  readonly from: string;
  readonly value: number | boolean | string | undefined;
  readonly expression: Expression | undefined;
}

/** The metrics that a derive takes readings of, `from` first. It has passed the checks. */
export function sourcesOf({ expression, from }: Written): readonly string[] {
  const named = expression === undefined ? [] : parsed(expression).metrics;
  const first = from ?? named[0]!;
  return [first, ...named.filter((metric) => metric !== first)];
}

/** All derives of one rule, which have passed the checks. */
export function continualDerivation(definitions: readonly Written[]): ContinualDerivation {
  const outputs = definitions.map((definition): Output => {
    const { metric, value, expression } = definition;
    const [from] = sourcesOf(definition);
    return { metric, from: from!, value, expression: expression === undefined ? undefined : parsed(expression) };
  });
  const inputs = [...new Set(definitions.flatMap(sourcesOf))];
  // A reading that derives is in the sample itself.
  const kept = inputs.filter((input) =>
    outputs.some(({ from, expression }) => from !== input && expression?.metrics.includes(input) === true),
  );
  const namesDevice = outputs.some(({ expression }) => expression?.namesDevice === true);
  const nothing: DerivingState = { values: kept.map(() => null), device: deviceFieldsOf(undefined, false) };
  const isStateless = kept.length === 0 && !namesDevice;
  const program: Program<DerivingState> = {
    ...plainProgram,
    inputs,
    lookBack: kept.length === 0 ? 0 : Infinity,
    ranks: [unranked],
    readsDevice: namesDevice,
    initial: (device) => ({ values: nothing.values, device: deviceFieldsOf(device, namesDevice) }),
    step(state, sample) {
      const values = valuesAfter(kept, state.values, sample);
      return values === state.values ? state : { ...state, values };
    },
    withDevice(state, device) {
      const fields = deviceFieldsOf(device, namesDevice);
      return JSON.stringify(fields) === JSON.stringify(state.device) ? state : { ...state, device: fields };
    },
    verdict: () => verdicts.clear,
    measure: () => undefined,
    idle: isStateless ? nothing : undefined,
    isIdle: () => isStateless,
  };
  const derive = ({ values, device }: DerivingState, sample: Sample): readonly DerivedValue[] =>
    outputs.flatMap(({ metric, from, value, expression }) => {
      const source = sample.readings.findLast((reading) => reading.metric === from);
      if (source === undefined) return [];
      if (expression === undefined) return [{ metric, value, source }];
      const metrics = metricsOf(kept, values);
      metrics[from] = source.isBoolean ? source.value === 1 : source.value;
      return [{ metric, value: valueOf(expression.evaluate({ metrics, device })), source }];
    });
  return { program, derive: derive as ContinualDerivation["derive"] };
}

/** Of what an expression gives; undefined: nothing that a metric may have. */
function valueOf(result: unknown): number | boolean | string | undefined {
  if (typeof result === "bigint") return valueOf(Number(result));
  if (typeof result === "number") return Number.isFinite(result) ? result + 0 : undefined;
  if (typeof result === "string") return result.length <= maxTextLength ? result : undefined;
  return typeof result === "boolean" ? result : undefined;
}

function parsed(text: string): Expression {
  const expression = parseExpression(text, "value");
  if (!expression.ok) throw new InvariantError(`An expression was compiled unchecked: ${expression.problem}`);
  return expression.expression;
}
