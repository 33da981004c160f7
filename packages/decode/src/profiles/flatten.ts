import { DecodeError } from "@headwater/core";
import type { DeviceTime } from "../device-time.ts";
import { InexactNumber } from "../json-text.ts";
import type { MessageBuilder } from "../message-builder.ts";

export interface FlattenOptions {
  readonly time?: DeviceTime | undefined;
  /** The unit of a metric, by its path. */
  readonly unitOf?: (path: readonly string[]) => string | undefined;
  /** What a value means; the same if it means itself. Answering undefined leaves it out. */
  readonly meaning?: (value: unknown, path: readonly string[]) => unknown;
}

/**
 * Adds what lies in nested objects and arrays as metrics of their own, named by the path: `ENERGY.Power`,
 * `relays.0.ison`. What nests deeper than the limit, or cannot be a metric, is set aside, and the rest is read. Throws
 * DecodeError where there are too many.
 */
export function flatten(
  builder: MessageBuilder,
  root: unknown,
  prefix: readonly string[] = [],
  options: FlattenOptions = {},
): void {
  const { maxDepth, maxMetricLength } = builder.limits;
  const { time, unitOf, meaning = itself } = options;
  const refuse = (path: readonly string[], error: unknown): void => builder.refuse(path.join(".").slice(0, 64), error);
  const visit = (value: unknown, path: readonly string[], depth: number): void => {
    if (depth > maxDepth) {
      refuse(path, new DecodeError(`The payload nests deeper than ${maxDepth} levels`));
      return;
    }
    if (typeof value === "object" && value !== null && !(value instanceof InexactNumber)) {
      for (const key of Object.keys(value)) {
        // A name that is too long is refused before it is made: long names in many levels would cost their product.
        if (key.length > maxMetricLength)
          refuse(path, new DecodeError(`A metric's name has 1 to ${maxMetricLength} characters`));
        else visit((value as Readonly<Record<string, unknown>>)[key], [...path, key], depth + 1);
      }
      return;
    }
    try {
      const meant = meaning(value, path);
      if (meant !== undefined) builder.add(path.join("."), meant, time, unitOf?.(path));
    } catch (error) {
      refuse(path, error);
    }
  };
  visit(root, prefix, 0);
}

function itself(value: unknown): unknown {
  return value;
}

/** ON and OFF, in any case, as booleans, where they are the two states of a switch. */
export function onOff(value: unknown): unknown {
  if (typeof value !== "string") return value;
  if (value === "ON" || value === "on") return true;
  return value === "OFF" || value === "off" ? false : value;
}

export type JsonObject = Readonly<Record<string, unknown>>;

/** The value as an object; undefined if it is none. */
export function asObject(value: unknown): JsonObject | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value) || value instanceof InexactNumber)
    return undefined;
  return value as JsonObject;
}

export function objectOf(value: unknown): JsonObject {
  const object = asObject(value);
  if (object === undefined) throw new DecodeError("The payload has to be an object");
  return object;
}

/** The object without these keys; all others are its own. */
export function without(object: JsonObject, ...keys: readonly string[]): JsonObject {
  const rest = Object.create(null) as Record<string, unknown>;
  for (const key of Object.keys(object)) if (!keys.includes(key)) rest[key] = object[key];
  return rest;
}
