import { parseDuration } from "@headwater/core";
import type { HoldDefinition } from "../comparison/schema.ts";
import type { Program } from "../program.ts";
import { held } from "./held.ts";

/** The program, held as the definition says. */
export function withHold(program: Program, definition: HoldDefinition): Program {
  const hold = {
    for: definition.for === undefined ? 0 : parseDuration(definition.for),
    times: definition.times ?? 1,
    clearFor: definition.clearFor === undefined ? 0 : parseDuration(definition.clearFor),
  };
  if (hold.for === 0 && hold.times <= 1 && hold.clearFor === 0) return program;
  return held(program, hold);
}
