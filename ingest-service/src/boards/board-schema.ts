import { type Static, type TSchema, Type } from "@sinclair/typebox";

/** Columns of the grid in which widgets stand; a row is as high as a value. */
export const boardColumns = 12;
const boardRows = 12;

/** `$name`: the value of the board's variable of that name. */
export const variablePattern = String.raw`^\$([a-z][a-zA-Z0-9]{0,31})$`;
const durationPattern = "^[1-9][0-9]{0,5}(?:ms|s|m|h|d|w)$";

const text = (maxLength: number, description: string) => Type.String({ minLength: 1, maxLength, description });
const duration = (description: string) => Type.String({ pattern: durationPattern, description });
const metric = text(1024, "A metric as devices send it");
const device = text(256, "A device, or `$name` of a variable of the kind device");
const unit = Type.Optional(Type.String({ maxLength: 16, description: "Shown behind values" }));
const oneOf = <const Word extends string>(words: readonly Word[], description?: string) =>
  Type.Unsafe<Word>(
    Type.Union(
      words.map((word) => Type.Literal(word)),
      description === undefined ? {} : { description },
    ),
  );

const facts = Type.Array(Type.String({ minLength: 3, maxLength: 400 }), { minItems: 1, maxItems: 8 });
/** Which devices a widget is about; all of several parts have to fit. */
const devices = Type.Object(
  {
    type: Type.Optional(Type.String({ minLength: 1, maxLength: 64 })),
    tag: Type.Optional({ ...facts, description: "Like `site:north`" }),
    attribute: Type.Optional({ ...facts, description: "Like `floor:2`" }),
    q: Type.Optional(text(200, "Text in the id, the type, a tag or an attribute")),
    connected: Type.Optional(Type.Boolean()),
    group: Type.Optional(text(64, "A device group, or `$name` of a variable of the kind group")),
  },
  { additionalProperties: false, title: "BoardDevices", description: "Empty: every registered device" },
);
const across = Type.Optional(
  oneOf(["mean", "min", "max", "sum", "count"], "One value of all devices instead of one for each"),
);
const aggregate = Type.Optional(oneOf(["mean", "min", "max", "sum", "count", "first", "last"]));
const levelOf = Type.Object(
  { info: Type.Optional(Type.Number()), warning: Type.Optional(Type.Number()), critical: Type.Optional(Type.Number()) },
  { additionalProperties: false, minProperties: 1 },
);
/** As in a rule: the severity that a value has above or below a number. */
const levels = { above: Type.Optional(levelOf), below: Type.Optional(levelOf) };
const place = {
  title: Type.Optional(text(120, "Default: what it shows")),
  width: Type.Optional(Type.Integer({ minimum: 1, maximum: boardColumns, description: "Columns of 12" })),
  height: Type.Optional(Type.Integer({ minimum: 1, maximum: boardRows, description: "Rows" })),
};
const closed = { additionalProperties: false };

const series = Type.Object(
  {
    metric,
    device: Type.Optional(device),
    devices: Type.Optional(devices),
    across,
    label: Type.Optional(text(120, "What the legend calls it")),
  },
  { ...closed, title: "BoardSeries", description: "Of one `device`, or of each of `devices`, or `across` them" },
);

/** Every kind of widget. One more is a schema here and a component of the page. */
export const widgetSchemas = {
  chart: Type.Object(
    {
      ...{ kind: Type.Literal("chart"), ...place },
      series: Type.Array(series, { minItems: 1, maxItems: 12 }),
      window: Type.Optional(duration("Default: as the chart is wide")),
      ...{ aggregate, unit, ...levels },
    },
    { ...closed, title: "ChartWidget", description: "Series over the time of the board" },
  ),
  value: Type.Object(
    {
      ...{ kind: Type.Literal("value"), ...place, metric, unit, ...levels },
      device: Type.Optional(device),
      devices: Type.Optional(devices),
      across,
    },
    { ...closed, title: "ValueWidget", description: "The newest value of a device, or one `across` several" },
  ),
  count: Type.Object(
    {
      ...{ kind: Type.Literal("count"), ...place, ...levels },
      of: oneOf(["devices", "alerts", "unstored", "quarantine"], "What is counted, now"),
      devices: Type.Optional(devices),
      severity: Type.Optional(oneOf(["info", "warning", "critical"], "Of alerts: only of this one")),
    },
    { ...closed, title: "CountWidget", description: "How many devices, open alerts, or events that wait" },
  ),
  table: Type.Object(
    {
      ...{ kind: Type.Literal("table"), ...place },
      metrics: Type.Optional(Type.Array(metric, { minItems: 1, maxItems: 8 })),
      device: Type.Optional(device),
      devices: Type.Optional(devices),
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200, description: "Devices; default 20" })),
    },
    { ...closed, title: "TableWidget", description: "The newest values of a device, or a row for each of `devices`" },
  ),
  alerts: Type.Object(
    {
      ...{ kind: Type.Literal("alerts"), ...place },
      state: Type.Optional(oneOf(["open", "active", "acknowledged", "cleared", "all"], "Default: open")),
      severity: Type.Optional(oneOf(["info", "warning", "critical"])),
      rule: Type.Optional(text(100, "The id of a rule")),
      device: Type.Optional(device),
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 50, description: "Default 10" })),
    },
    { ...closed, title: "AlertsWidget", description: "The newest alerts" },
  ),
  text: Type.Object(
    { kind: Type.Literal("text"), ...place, text: text(4000, "Plain text; an empty line begins a paragraph") },
    { ...closed, title: "TextWidget" },
  ),
} as const;
export type WidgetKind = keyof typeof widgetSchemas;

const variable = Type.Object(
  {
    name: Type.String({ pattern: "^[a-z][a-zA-Z0-9]{0,31}$", description: "Its name in the address of the board" }),
    kind: oneOf(["device", "group"]),
    label: Type.Optional(text(60, "For people")),
    default: Type.Optional(text(256, "What it is when the address does not say")),
    type: Type.Optional(text(64, "Of a device: only of this type")),
  },
  { ...closed, title: "BoardVariable" },
);

/** The frame of a board, its widgets whatever they are. */
function frame<Widget extends TSchema>(widget: Widget) {
  return Type.Object(
    {
      id: Type.Optional(Type.String({ pattern: "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$", description: "As in the path" })),
      title: text(120, "For people"),
      description: Type.Optional(text(500, "What it is for")),
      span: Type.Optional(duration("The time shown, up to now, when the address does not say; default 1h")),
      variables: Type.Optional(Type.Array(variable, { maxItems: 4 })),
      widgets: Type.Array(widget, { maxItems: 48, description: "In the order in which they are read" }),
    },
    { ...closed, title: "BoardDefinition" },
  );
}

export const boardSchema = frame(Type.Union(Object.values(widgetSchemas), { title: "Widget" }));
/** Widgets are checked by the schema of their kind, whose words are about that kind alone. */
export const boardFrameSchema = frame(Type.Unknown());

export type BoardDefinition = Static<typeof boardSchema>;
