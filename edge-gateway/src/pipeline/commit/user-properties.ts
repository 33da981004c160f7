import type { DecodedMessage } from "@headwater/decode";

/** Of a PUBLISH of MQTT 5, as its parser gives them: a name that comes several times has several values. */
export type UserProperties = Readonly<Record<string, string | readonly string[]>>;

/** A value is cut off here (characters). */
const longestValue = 1024;

/**
 * The message with those of its user properties that its route asks for: they become attributes of its event, as
 * `user.{name}`, where none of them can be taken for one of the gateway's own.
 */
export function withUserProperties(
  message: DecodedMessage,
  names: readonly string[],
  properties: UserProperties,
): DecodedMessage {
  let notes: Record<string, string> | undefined;
  for (const name of names) {
    if (!Object.hasOwn(properties, name)) continue;
    const value = properties[name]!;
    const text = typeof value === "string" ? value : value.join(",");
    (notes ??= { ...message.notes })[`user.${name}`] = text.slice(0, longestValue).toWellFormed();
  }
  return notes === undefined ? message : { ...message, notes };
}
