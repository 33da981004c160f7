import { useId } from "react";
import type { Path } from "./draft.ts";
import { NumberField, ScalarField } from "./fields.tsx";
import type { Form } from "./form.ts";

type Part = Readonly<Record<string, unknown>>;

/** The ways to compare that the form knows, each with what it begins as. */
const ways: Readonly<Record<string, Part>> = {
  above: { above: 0 },
  "above, by severity": { above: { warning: 0, critical: 0 } },
  below: { below: 0 },
  "below, by severity": { below: { warning: 0, critical: 0 } },
  between: { between: [0, 1] },
  outside: { outside: [0, 1] },
  equals: { equals: 0 },
};

const keys = "above below between outside equals in changesTo op threshold clearBelow clearAbove clearWithin".split(
  " ",
);

function wayOf(condition: Part): string {
  for (const side of ["above", "below"] as const) {
    const level = condition[side];
    if (level !== undefined) return typeof level === "object" && level !== null ? `${side}, by severity` : side;
  }
  return ["between", "outside", "equals"].find((key) => key in condition) ?? "as in the YAML";
}

/** What the metric is compared with, and when that ends. */
export function ComparisonForm({ form, path }: { readonly form: Form; readonly path: Path }) {
  const id = useId();
  const condition = (form.at(path) ?? {}) as Part;
  const way = wayOf(condition);
  const change = (next: string): void => {
    const kept = Object.entries(condition).filter(([key]) => !keys.includes(key));
    form.set(path, { ...Object.fromEntries(kept), ...ways[next] });
  };
  const side = way.startsWith("above") ? "above" : way.startsWith("below") ? "below" : undefined;
  return (
    <>
      <div className="field">
        <label htmlFor={id}>Is</label>
        <select id={id} value={way} onChange={(event) => change(event.target.value)}>
          {!(way in ways) && <option>{way}</option>}
          {Object.keys(ways).map((each) => (
            <option key={each}>{each}</option>
          ))}
        </select>
      </div>
      {side !== undefined &&
        (way === side ? (
          <NumberField form={form} path={[...path, side]} label={side} />
        ) : (
          ["info", "warning", "critical"].map((severity) => (
            <NumberField key={severity} form={form} path={[...path, side, severity]} label={`${side}: ${severity}`} />
          ))
        ))}
      {(way === "between" || way === "outside") && (
        <>
          <NumberField form={form} path={[...path, way, 0]} label="from" />
          <NumberField form={form} path={[...path, way, 1]} label="to" />
        </>
      )}
      {way === "equals" && <ScalarField form={form} path={[...path, "equals"]} label="equals" />}
      {side === "above" && (
        <NumberField form={form} path={[...path, "clearBelow"]} label="ends below" placeholder="the same" />
      )}
      {side === "below" && (
        <NumberField form={form} path={[...path, "clearAbove"]} label="ends above" placeholder="the same" />
      )}
    </>
  );
}
