import { type Static, Type } from "@sinclair/typebox";
import { nowMicros, parseTimeRef } from "@headwater/core";
import { timeReference } from "@headwater/service";
import type { QuarantineFilter } from "./quarantine-queries.ts";
import { stageSchema, stateSchema } from "./resource.ts";

const time = (description: string) => Type.Optional(Type.String({ maxLength: 60, description, ...timeReference }));

/** Which entries: of a list, and of a re-drive. */
export const filterProperties = {
  device: Type.Optional(Type.String({ maxLength: 1024 })),
  stage: Type.Optional(stageSchema),
  cause: Type.Optional(Type.String({ maxLength: 100, description: "As entries have it: series-per-device, …" })),
  state: Type.Optional(stateSchema),
  gateway: Type.Optional(Type.String({ maxLength: 200, description: "The gateway that took it" })),
  topic: Type.Optional(Type.String({ maxLength: 65_535, description: "The MQTT topic that it came on" })),
  text: Type.Optional(Type.String({ maxLength: 200, description: "A part of the reason" })),
  from: time("Taken at or after"),
  to: time("Taken before"),
};
const filterSchema = Type.Object(filterProperties);

/** Throws RequestError (400) for a time that is none. */
export function filterOf(given: Static<typeof filterSchema>): QuarantineFilter {
  const { device, stage, cause, state, gateway, topic, text, from, to } = given;
  const now = nowMicros();
  return {
    ...{ device, stage, cause, state, gateway, topic, text },
    from: from === undefined ? undefined : parseTimeRef(from, now),
    to: to === undefined ? undefined : parseTimeRef(to, now),
  };
}
