import { useId, useState } from "react";
import type { Path } from "./draft.ts";
import type { Form } from "./form.ts";

interface FieldProps {
  readonly form: Form;
  readonly path: Path;
  readonly label: string;
  readonly placeholder?: string;
}

interface EntryProps extends FieldProps {
  /** Undefined for a value that this field cannot show. */
  readonly toText: (value: unknown) => string | undefined;
  /** Undefined takes the part away. */
  readonly toValue: (text: string) => unknown;
  readonly inputMode?: "decimal";
}

/** A field of text for a part of the rule; while it is being typed in, what was typed stays as it is. */
function EntryField({ form, path, label, placeholder, toText, toValue, inputMode }: EntryProps) {
  const id = useId();
  const [typed, setTyped] = useState<string>();
  const fault = form.faultAt(path);
  const value = form.at(path);
  const text = value === undefined ? "" : toText(value);
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        inputMode={inputMode}
        placeholder={text === undefined ? "as in the YAML" : placeholder}
        disabled={text === undefined}
        aria-invalid={fault !== undefined}
        aria-describedby={fault === undefined ? undefined : `${id}-fault`}
        value={typed ?? text ?? ""}
        onChange={(event) => {
          setTyped(event.target.value);
          form.set(path, toValue(event.target.value));
        }}
        onBlur={() => setTyped(undefined)}
      />
      {fault !== undefined && (
        <span id={`${id}-fault`} className="field-fault">
          {fault}
        </span>
      )}
    </div>
  );
}

const plain = (value: unknown): string | undefined =>
  typeof value === "object" && value !== null ? undefined : String(value);
const orNothing = (text: string): string | undefined => (text === "" ? undefined : text);

export function TextField(props: FieldProps) {
  return <EntryField {...props} toText={plain} toValue={orNothing} />;
}

/** A number; what is no number stays text, so that the platform says what it thinks of it. */
export function NumberField(props: FieldProps) {
  const toValue = (text: string): unknown => {
    const trimmed = text.trim();
    if (trimmed === "") return undefined;
    return Number.isFinite(Number(trimmed)) ? Number(trimmed) : text;
  };
  return <EntryField {...props} toText={plain} toValue={toValue} inputMode="decimal" />;
}

/** A number, a boolean or text, as it is written in YAML. */
export function ScalarField(props: FieldProps) {
  const toValue = (text: string): unknown => {
    if (text === "true" || text === "false") return text === "true";
    return text.trim() !== "" && Number.isFinite(Number(text)) ? Number(text) : orNothing(text);
  };
  return <EntryField {...props} toText={plain} toValue={toValue} />;
}

/** Several texts with commas between them. */
export function ListField(props: FieldProps) {
  const toText = (value: unknown): string | undefined =>
    Array.isArray(value) && value.every((each) => typeof each === "string") ? value.join(", ") : undefined;
  const toValue = (text: string): unknown => {
    const items = text.split(",").map((each) => each.trim());
    const named = items.filter((each) => each !== "");
    return named.length === 0 ? undefined : named;
  };
  return <EntryField {...props} toText={toText} toValue={toValue} />;
}

/** Tags as `name:value`, with commas between them; several values of one name with `|`. */
export function TagsField(props: FieldProps) {
  const toText = (value: unknown): string | undefined =>
    typeof value === "object" && value !== null && !Array.isArray(value)
      ? Object.entries(value)
          .map(([name, each]) => `${name}:${Array.isArray(each) ? each.join("|") : String(each)}`)
          .join(", ")
      : undefined;
  const toValue = (text: string): unknown => {
    const pairs = text.split(",").flatMap((each) => {
      const colon = each.indexOf(":");
      if (colon < 1) return [];
      const values = each.slice(colon + 1).split("|");
      const trimmed = values.map((value) => value.trim());
      return [[each.slice(0, colon).trim(), trimmed.length === 1 ? trimmed[0] : trimmed] as const];
    });
    return pairs.length === 0 ? undefined : Object.fromEntries(pairs);
  };
  return <EntryField {...props} toText={toText} toValue={toValue} />;
}

/** An object as JSON in one line; half-typed text stays text, which the platform refuses at its place. */
export function JsonField(props: FieldProps) {
  const toValue = (text: string): unknown => {
    if (text.trim() === "") return undefined;
    try {
      return JSON.parse(text) as unknown;
    } catch {
      return text;
    }
  };
  return (
    <EntryField
      {...props}
      toText={(value) => (typeof value === "string" ? value : JSON.stringify(value))}
      toValue={toValue}
    />
  );
}

interface SelectFieldProps extends FieldProps {
  readonly options: readonly string[];
  /** What stands for a part that is not there. */
  readonly none: string;
}

export function SelectField({ form, path, label, options, none }: SelectFieldProps) {
  const id = useId();
  const fault = form.faultAt(path);
  const value = form.at(path);
  const shown = typeof value === "string" ? value : "";
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <select
        id={id}
        aria-invalid={fault !== undefined}
        value={shown}
        onChange={(event) => form.set(path, orNothing(event.target.value))}
      >
        <option value="">{none}</option>
        {shown !== "" && !options.includes(shown) && <option>{shown}</option>}
        {options.map((each) => (
          <option key={each}>{each}</option>
        ))}
      </select>
      {fault !== undefined && <span className="field-fault">{fault}</span>}
    </div>
  );
}
