import { type Static, type TSchema, Type } from "@sinclair/typebox";

/** A length of time as people write it: `500ms`, `30s`, `1h30m`. */
export const Duration = Type.String({ title: "duration", description: "A length of time: `500ms`, `30s`, `1h30m`" });
/** Far beyond what is measured; what is added and scaled stays a number that JSON has. */
const most = 1e100;
const Magnitude = Type.Number({ minimum: -most, maximum: most });
const exact = { additionalProperties: false } as const;

function shape<const N extends string, T extends Record<string, TSchema>>(name: N, members: T) {
  return Type.Object(
    {
      shape: Type.Literal(name),
      ...members,
      noise: Type.Optional(
        Type.Number({ minimum: 0, maximum: most, description: "Standard deviation of what is added" }),
      ),
      decimals: Type.Optional(Type.Integer({ minimum: 0, maximum: 9, description: "Default 2" })),
      dropout: Type.Optional(Type.Union([Type.String(), Type.Number()], { description: "Share of readings left out" })),
      stuck: Type.Optional(
        Type.Object({ every: Duration, for: Duration }, { ...exact, description: "The sensor repeats its last value" }),
      ),
    },
    exact,
  );
}

export const signalSchema = Type.Union([
  shape("constant", { value: Type.Union([Magnitude, Type.String(), Type.Boolean()]) }),
  shape("sine", { mean: Magnitude, amplitude: Magnitude, period: Duration }),
  shape("daily", { low: Magnitude, high: Magnitude, peak: Type.Optional(Duration) }),
  shape("walk", {
    start: Magnitude,
    step: Type.Number({ exclusiveMinimum: 0, maximum: most }),
    min: Type.Optional(Magnitude),
    max: Type.Optional(Magnitude),
  }),
  shape("steps", {
    values: Type.Array(Type.Union([Magnitude, Type.String(), Type.Boolean()]), { minItems: 1, maxItems: 1_000 }),
    every: Duration,
  }),
  shape("spikes", { base: Magnitude, height: Magnitude, every: Duration, for: Duration }),
  shape("recorded", {
    file: Type.String({ minLength: 1, description: "CSV with a header; a path from where the fleet file lies" }),
    column: Type.Optional(Type.String({ description: "Default: the second" })),
    speed: Type.Optional(
      Type.Number({ exclusiveMinimum: 0, description: "Times its own pace; default: a row a reading" }),
    ),
  }),
]);
export type SignalSpec = Static<typeof signalSchema>;
