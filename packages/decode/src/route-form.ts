import { Type, type Static } from "@sinclair/typebox";
import { ConfigError, isTimeZone } from "@headwater/core";
import type { JsonForm } from "./json-form.ts";

const maxPath = 512;

/** How the payloads of a route differ from Headwater's own: members of a route's configuration. */
export const routeForm = {
  time: Type.Optional(
    Type.Object(
      {
        field: Type.String({
          minLength: 1,
          maxLength: maxPath,
          description: "The member that holds the time, by its path: tst, state.reported.ts",
        }),
        unit: Type.Optional(
          Type.Union(
            (["s", "ms", "us", "ns"] as const).map((unit) => Type.Literal(unit)),
            { description: "What its numbers count; default: by their number of digits" },
          ),
        ),
      },
      { additionalProperties: false, description: "Where the time is, and in what; for json and cbor" },
    ),
  ),
  timeZone: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 64,
      description: "Where times of day without a zone are meant: Europe/Berlin",
    }),
  ),
  numbersInText: Type.Optional(
    Type.Boolean({ description: 'Text that is a complete JSON number is that number: "95"; for json and cbor' }),
  ),
  flatten: Type.Optional(
    Type.Boolean({ description: "Nested objects and arrays become metrics by their path; for json and cbor" }),
  ),
  map: Type.Optional(
    Type.Record(Type.String({ maxLength: 256 }), Type.Union([Type.Number(), Type.Boolean(), Type.Null()]), {
      description: "What texts stand for, null for no value: { ON: true, nan: null }; for json, cbor and value",
    }),
  ),
} as const;

const routeFormSchema = Type.Object(routeForm);
export type RouteFormConfig = Static<typeof routeFormSchema>;
export type RouteFormOption = keyof RouteFormConfig;

/** The form that a route's options make. Throws ConfigError for one that cannot be or that the reader does not take. */
export function formOf(config: RouteFormConfig, reader: string, takes: readonly RouteFormOption[]): JsonForm {
  for (const option of Object.keys(routeForm) as RouteFormOption[]) {
    if (config[option] !== undefined && !takes.includes(option))
      throw new ConfigError(
        `${reader} does not take ${option}${takes.length === 0 ? "" : `; it takes ${takes.join(", ")}`}`,
      );
  }
  const { time, timeZone, numbersInText, flatten, map } = config;
  const path = time?.field.split(".");
  if (path?.includes("") === true) throw new ConfigError(`time.field is no path: ${time!.field}`);
  if (timeZone !== undefined && !isTimeZone(timeZone))
    throw new ConfigError(`timeZone is none that is known: ${timeZone}; an example is Europe/Berlin`);
  return {
    ...(path !== undefined && { time: { path, unit: time!.unit } }),
    ...(timeZone !== undefined && { timeZone }),
    ...(numbersInText !== undefined && { numbersInText }),
    ...(flatten !== undefined && { flatten }),
    ...(map !== undefined && { map: new Map(Object.entries(map)) }),
  };
}
