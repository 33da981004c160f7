import { useId } from "react";
import { ComparisonForm } from "./comparison-form.tsx";
import type { Path } from "./draft.ts";
import { NumberField, SelectField, TextField } from "./fields.tsx";
import type { Form } from "./form.ts";

type Part = Readonly<Record<string, unknown>>;

/** The kinds of condition that the form knows, with what each begins as. */
const beginnings: Readonly<Record<string, (metric: string) => Part>> = {
  "a reading": (metric) => ({ metric, above: 0 }),
  "a window": (metric) => ({ metric, window: { over: "5m" }, aggregate: "mean", above: 0 }),
  "a rate": (metric) => ({ metric, rate: { over: "5m", per: "1m" }, above: 0 }),
  "a change": (metric) => ({ metric, change: { since: "10m" }, above: 0 }),
  silence: () => ({ absent: "10m" }),
  "an expression": (metric) => ({ expression: `metrics.${metric} > 0` }),
  "all of": (metric) => ({
    all: [
      { metric, above: 0 },
      { metric, below: 100 },
    ],
  }),
  "any of": (metric) => ({
    any: [
      { metric, above: 0 },
      { metric, below: 100 },
    ],
  }),
};

const signs: readonly (readonly [key: string, kind: string])[] = [
  ["all", "all of"],
  ["any", "any of"],
  ["expression", "an expression"],
  ["absent", "silence"],
  ["window", "a window"],
  ["rate", "a rate"],
  ["change", "a change"],
];

const foreign = ["not", "relativeTo", "other", "attribute"];
const aggregates = "mean min max sum count stddev first last distinct p50 p90 p95 p99".split(" ");
const severities = ["info", "warning", "critical"];

function kindOf(condition: Part): string {
  if (foreign.some((key) => key in condition)) return "as in the YAML";
  return signs.find(([key]) => key in condition)?.[1] ?? "a reading";
}

interface ConditionFormProps {
  readonly form: Form;
  readonly path: Path;
}

/** When the rule raises. What the form does not know stays as it is in the YAML. */
export function ConditionForm({ form, path }: ConditionFormProps) {
  const id = useId();
  const condition = (form.at(path) ?? {}) as Part;
  const kind = kindOf(condition);
  const metric = typeof condition["metric"] === "string" ? condition["metric"] : "temperature";
  const fault = form.faultAt(path);
  const parts = kind === "all of" ? "all" : kind === "any of" ? "any" : undefined;
  return (
    <div className="condition">
      <div className="fields">
        <div className="field">
          <label htmlFor={id}>Watch</label>
          <select id={id} value={kind} onChange={(event) => form.set(path, beginnings[event.target.value]!(metric))}>
            {!(kind in beginnings) && <option>{kind}</option>}
            {Object.keys(beginnings).map((each) => (
              <option key={each}>{each}</option>
            ))}
          </select>
        </div>
        {kind === "an expression" && <TextField form={form} path={[...path, "expression"]} label="Expression" />}
        {kind === "silence" && (
          <TextField form={form} path={[...path, "absent"]} label="Nothing heard for" placeholder="10m" />
        )}
        {"metric" in condition && <TextField form={form} path={[...path, "metric"]} label="Metric" />}
        {kind === "a window" && (
          <>
            <SelectField
              form={form}
              path={[...path, "aggregate"]}
              label="Aggregate"
              options={aggregates}
              none="choose"
            />
            <TextField form={form} path={[...path, "window", "over"]} label="Over" placeholder="5m" />
          </>
        )}
        {kind === "a rate" && (
          <>
            <TextField form={form} path={[...path, "rate", "over"]} label="Over" />
            <TextField form={form} path={[...path, "rate", "per"]} label="Per" placeholder="1s" />
          </>
        )}
        {kind === "a change" && <TextField form={form} path={[...path, "change", "since"]} label="Since" />}
        {["a reading", "a window", "a rate", "a change"].includes(kind) && <ComparisonForm form={form} path={path} />}
        {kind !== "silence" && (
          <>
            <TextField form={form} path={[...path, "for"]} label="For at least" placeholder="at once" />
            <TextField form={form} path={[...path, "clearFor"]} label="Clear for" placeholder="at once" />
          </>
        )}
        {kind === "a reading" && (
          <>
            <NumberField form={form} path={[...path, "times"]} label="Times in a row" placeholder="1" />
            <SelectField
              form={form}
              path={[...path, "severity"]}
              label="Severity of it"
              options={severities}
              none="the rule's"
            />
          </>
        )}
      </div>
      {fault !== undefined && <p className="field-fault">{fault}</p>}
      {parts !== undefined && <Parts form={form} path={[...path, parts]} />}
    </div>
  );
}

function Parts({ form, path }: ConditionFormProps) {
  const value = form.at(path);
  const parts: readonly unknown[] = Array.isArray(value) ? value : [];
  return (
    <div className="parts">
      {parts.map((_part, index) => (
        <div key={index} className="part">
          <ConditionForm form={form} path={[...path, index]} />
          <button
            type="button"
            className="button"
            disabled={parts.length < 2}
            onClick={() => form.set([...path, index], undefined)}
          >
            Remove this part
          </button>
        </div>
      ))}
      <button
        type="button"
        className="button"
        onClick={() => form.set([...path, parts.length], { metric: "temperature", above: 0 })}
      >
        Add a part
      </button>
    </div>
  );
}
