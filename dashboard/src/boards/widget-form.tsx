import { type FormEvent, useId, useState } from "react";
import { api } from "../data/api.ts";
import { useResource } from "../data/use-resource.ts";
import { Choice } from "../design/choice.tsx";
import { fieldText } from "../design/field-text.ts";
import { Modal } from "../design/modal.tsx";
import type { Board, Kind, Widget } from "./board.ts";
import { devicesLike } from "./variables.tsx";

interface WidgetFormProps {
  readonly board: Board;
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly onAdd: (widget: Widget) => void;
}

const kinds: readonly (readonly [Kind, string])[] = [
  ["chart", "Chart"],
  ["value", "Value"],
  ["count", "Count"],
  ["table", "Table"],
  ["alerts", "Alerts"],
  ["text", "Text"],
];
const looked = 50;

async function suggestions() {
  const { items } = await api.call("GET", "/api/v1/telemetry/latest", { query: { limit: looked } });
  const metrics = new Set(items.flatMap(({ values }) => Object.keys(values)));
  return { metrics: [...metrics].toSorted(), devices: await devicesLike("", undefined, looked) };
}

/** What a widget needs to show something; the rest is written in the YAML. */
export function WidgetForm({ board, isOpen, onClose, onAdd }: WidgetFormProps) {
  const [kind, setKind] = useState<Kind>("chart");
  const [problem, setProblem] = useState("");
  const ids = useId();
  const { resource } = useResource("suggestions", suggestions);
  const variables = (board.variables ?? []).filter((each) => each.kind === "device").map(({ name }) => `$${name}`);
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const widget = widgetOf(kind, new FormData(event.currentTarget));
    if (typeof widget === "string") setProblem(widget);
    else {
      setProblem("");
      onAdd(widget);
    }
  };
  const isOfMetric = kind === "chart" || kind === "value" || kind === "table";
  return (
    <Modal title="Add a widget" isOpen={isOpen} onClose={onClose}>
      <form onSubmit={submit}>
        <p>
          <Choice label="Kind" options={kinds} value={kind} onChoose={setKind} />
        </p>
        <label className="field">
          Title
          <input name="title" maxLength={120} autoComplete="off" />
        </label>
        {isOfMetric && (
          <label className="field">
            {kind === "table" ? "Metrics, separated by commas" : "Metric"}
            <input name="metric" list={`${ids}-metrics`} autoComplete="off" required={kind !== "table"} />
            <datalist id={`${ids}-metrics`}>
              {resource.value?.metrics.map((each) => (
                <option key={each} value={each} />
              ))}
            </datalist>
          </label>
        )}
        {(isOfMetric || kind === "alerts") && (
          <label className="field">
            Device
            <input name="device" list={`${ids}-devices`} autoComplete="off" />
            <datalist id={`${ids}-devices`}>
              {[...variables, ...(resource.value?.devices ?? [])].map((each) => (
                <option key={each} value={each} />
              ))}
            </datalist>
            <small>
              {kind === "alerts" ? "Empty: of all devices" : "Empty: of all devices, or of those of a type"}
            </small>
          </label>
        )}
        {isOfMetric && (
          <label className="field">
            Type of devices
            <input name="type" autoComplete="off" />
          </label>
        )}
        {(kind === "chart" || kind === "value") && (
          <>
            <label className="field">
              Of several devices
              <select name="across" defaultValue={kind === "value" ? "mean" : ""}>
                {kind === "chart" && <option value="">a line for each</option>}
                {["mean", "min", "max", "sum", "count"].map((each) => (
                  <option key={each}>{each}</option>
                ))}
              </select>
            </label>
            <label className="field">
              Unit
              <input name="unit" maxLength={16} autoComplete="off" />
            </label>
            <label className="field">
              Warning above
              <input name="warning" type="number" step="any" />
            </label>
          </>
        )}
        {kind === "count" && (
          <label className="field">
            What
            <select name="of">
              <option value="devices">devices</option>
              <option value="alerts">open alerts</option>
              <option value="unstored">events that are not stored yet</option>
              <option value="quarantine">events in quarantine</option>
            </select>
          </label>
        )}
        {kind === "text" && (
          <label className="field">
            Text
            <textarea name="text" rows={4} required maxLength={4000} />
          </label>
        )}
        {problem !== "" && (
          <p className="notice critical" role="alert">
            {problem}
          </p>
        )}
        <button type="submit" className="button primary">
          Add
        </button>
      </form>
    </Modal>
  );
}

/** The widget that a form says, or what is missing. */
function widgetOf(kind: Kind, fields: FormData): Widget | string {
  const text = (name: string): string => fieldText(fields, name);
  const optional = <Name extends string>(name: Name) =>
    (text(name) === "" ? {} : { [name]: text(name) }) as { readonly [N in Name]?: string };
  const title = optional("title");
  const unit = optional("unit");
  const [metric, device] = [text("metric"), text("device")];
  const warning = text("warning") === "" ? {} : { above: { warning: Number(text("warning")) } };
  const across = text("across") as "mean";
  const several = { devices: optional("type"), ...(text("across") !== "" && { across }) };
  const who = device === "" ? several : { device };
  switch (kind) {
    case "chart":
      return { kind, ...title, series: [{ metric, ...who }], ...unit, ...warning };
    case "value":
      return { kind, ...title, metric, ...who, ...unit, ...warning };
    case "count":
      return { kind, ...title, of: text("of") as "devices" };
    case "table": {
      const metrics = metric
        .split(",")
        .map((each) => each.trim())
        .filter((each) => each !== "");
      if (device !== "") return { kind, ...title, device, ...(metrics.length > 0 && { metrics }) };
      if (metrics.length === 0) return "A table of several devices needs metrics: its columns.";
      return { kind, ...title, metrics, devices: optional("type") };
    }
    case "alerts":
      return { kind, ...title, ...optional("device") };
    case "text":
      return { kind, ...title, text: text("text") };
  }
}
