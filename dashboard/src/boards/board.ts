import type { AnswerOf, InputOf, Schemas } from "@headwater/client";

export type Board = Schemas["BoardDefinition"];
/** A board as the platform keeps it. */
export type KeptBoard = AnswerOf<"GET", "/api/v1/boards/{id}">;
export type Widget = Board["widgets"][number];
export type Kind = Widget["kind"];
export type WidgetOf<K extends Kind> = Extract<Widget, { readonly kind: K }>;
export type Devices = Schemas["BoardDevices"];
export type Severity = "info" | "warning" | "critical";

/** What is chosen of a board's variables; one that nothing is chosen of is missing. */
export type Choices = Readonly<Record<string, string>>;

/** The time that a board shows, in milliseconds since the epoch; live: it ends now, and goes on. */
export interface TimeShown {
  readonly from: number;
  readonly to: number;
  readonly isLive: boolean;
}

export const gridColumns = 12;

interface Size {
  readonly width: number;
  readonly height: number;
}

/** As big as a widget is that does not say. */
const usual: Readonly<Record<Kind, Size>> = {
  chart: { width: 6, height: 3 },
  value: { width: 3, height: 1 },
  count: { width: 3, height: 1 },
  table: { width: 6, height: 3 },
  alerts: { width: 6, height: 3 },
  text: { width: 12, height: 1 },
};

export function isKnown(kind: string): boolean {
  return Object.hasOwn(usual, kind);
}

export function sizeOf({ kind, width, height }: Widget): Size {
  return { width: width ?? usual[kind].width, height: height ?? usual[kind].height };
}

/** What a widget is called, by itself where nobody gave it a title. */
export function titleOf(widget: Widget, choices: Choices): string {
  if (widget.title !== undefined) return widget.title;
  const of = (device: string | undefined): string =>
    device === undefined ? "" : ` of ${deviceIn(device, choices) ?? "…"}`;
  switch (widget.kind) {
    case "chart":
      return [...new Set(widget.series.map(({ metric }) => metric))].join(", ");
    case "value":
      return widget.across === undefined ? widget.metric : `${widget.metric}, ${widget.across}`;
    case "count":
      return { devices: "Devices", alerts: "Open alerts", unstored: "Not stored yet", quarantine: "In quarantine" }[
        widget.of
      ];
    case "table":
      return `Newest values${of(widget.device)}`;
    case "alerts":
      return `Alerts${of(widget.device)}`;
    case "text":
      return "";
  }
}

const variable = /^\$([a-z][a-zA-Z0-9]*)$/;

/** A device with what is chosen in its place; undefined: nothing is. */
export function deviceIn(text: string, choices: Choices): string | undefined {
  const name = variable.exec(text)?.[1];
  return name === undefined ? text : choices[name];
}

type DeviceQuery = Pick<
  NonNullable<InputOf<"GET", "/api/v1/devices">["query"]>,
  "type" | "tag" | "attribute" | "q" | "connected" | "group"
>;

/** A filter as the API takes it; a group that nobody chose is left out. */
export function queryOf({ group, ...rest }: Devices, choices: Choices): DeviceQuery {
  const chosen = group === undefined ? undefined : deviceIn(group, choices);
  return { ...rest, ...(chosen !== undefined && chosen !== "" && { group: chosen }) };
}

const severities: readonly Severity[] = ["critical", "warning", "info"];

interface Levels {
  readonly above?: Partial<Record<Severity, number>>;
  readonly below?: Partial<Record<Severity, number>>;
}

/** The worst severity that a value has; undefined: it is well. */
export function severityOf({ above = {}, below = {} }: Levels, value: number): Severity | undefined {
  return severities.find((each) => {
    const [high, low] = [above[each], below[each]];
    return (high !== undefined && value > high) || (low !== undefined && value < low);
  });
}

const looks = { critical: "critical", warning: "warning", info: "accent" } as const;

/** The levels of a chart, by name. */
export function levelsOf({ above = {}, below = {} }: Levels) {
  const sides = [["above", above] as const, ["below", below] as const];
  return sides.flatMap(([side, of]) =>
    severities.flatMap((each) => {
      const value = of[each];
      return value === undefined ? [] : [{ name: `${each} ${side}`, value, look: looks[each] }];
    }),
  );
}

/** What numbers of several devices become as one. */
export function acrossOf(how: "mean" | "min" | "max" | "sum" | "count", values: readonly number[]): number | undefined {
  if (how === "count") return values.length;
  if (values.length === 0) return undefined;
  const sum = values.reduce((total, value) => total + value, 0);
  if (how === "sum") return sum;
  if (how === "mean") return sum / values.length;
  return values.reduce((best, value) => ((how === "min" ? value < best : value > best) ? value : best));
}
