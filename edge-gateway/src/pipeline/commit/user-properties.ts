import type { DecodedMessage } from "@headwater/decode";

type ByName = Readonly<Record<string, string | readonly string[]>>;

/**
 * Of a PUBLISH of MQTT 5, as its parser gives them: a name that comes several times has several values, or where the
 * order matters, several objects.
 */
export type UserProperties = ByName | readonly ByName[];

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
  const all = [properties].flat() as readonly ByName[];
  for (const name of names) {
    const values = all.flatMap((byName) => (Object.hasOwn(byName, name) ? byName[name]! : []));
    if (values.length === 0) continue;
    const text = values.join(",");
    (notes ??= { ...message.notes })[`user.${name}`] = text.slice(0, longestValue).toWellFormed();
  }
  return notes === undefined ? message : { ...message, notes };
}
