import { fleetSchema } from "./fleet-schema.ts";

/** The JSON Schema of a fleet's file, for editors and for programs that write fleets: the one that validates it. */
export function publishedSchema(): Readonly<Record<string, unknown>> {
  // Without the symbols by which the validator knows its own.
  const schema = JSON.parse(JSON.stringify(fleetSchema)) as Record<string, unknown>;
  return { $schema: "http://json-schema.org/draft-07/schema#", ...schema };
}
