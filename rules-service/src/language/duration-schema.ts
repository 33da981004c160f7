import { Type } from "@sinclair/typebox";
import { formatDuration, tryParseDuration } from "@headwater/core";
import type { Problems } from "./problems.ts";

/**
 * A duration as people write it. JSON Schema has no format for it, so `format` is Headwater's own. `checkDuration`
 * checks the bounds.
 */
export function durationSchema(description: string) {
  return Type.String({ format: "headwater-duration", maxLength: 40, description, examples: ["30s", "5m", "1h30m"] });
}

export interface DurationBounds {
  /** Inclusive bounds (microseconds). */
  readonly least: number;
  readonly most: number;
}

/** Adds a problem unless the text is a duration within the bounds; an absent one is fine. */
export function checkDuration(
  text: string | undefined,
  pointer: string,
  bounds: DurationBounds,
  problems: Problems,
): void {
  if (text === undefined) return;
  const micros = tryParseDuration(text);
  if (micros === undefined) {
    problems.add(pointer, `${JSON.stringify(text)} is no duration; write it like 30s, 5m or 1h30m`);
  } else if (micros < bounds.least || micros > bounds.most) {
    problems.add(
      pointer,
      `${text} is out of range; choose from ${formatDuration(bounds.least)} to ${formatDuration(bounds.most)}`,
    );
  }
}
