import { RequestError } from "@headwater/core/errors";
import type { AttributeValue } from "./device.ts";

/** Lengths in characters (UTF-16 units) unless said otherwise. */
export const deviceLimits = {
  id: 128,
  type: 64,
  /** Of a tag's or an attribute's name. */
  name: 64,
  tags: 32,
  tagValue: 256,
  attributes: 64,
  attributeText: 1024,
  credentials: 16,
  /** Each costs a login that is wrong one more slow comparison; a change needs two. */
  passwords: 4,
} as const;

// An id is one level of an MQTT topic, a Kafka key, a tag of the store and a part of a URL.
const forbiddenInId = /[/+#\p{Cc}]/u;
// A receiver of MQTT may close the connection at one (3.1.1, section 1.5.3), and the gateway does.
const noCharacter = /\p{Noncharacter_Code_Point}/u;
const control = /\p{Cc}/u;
const namePattern = /^[\p{L}\p{N}_][\p{L}\p{N}_.:\- ]*$/u;

/** Returns the id. Throws RequestError (400, `invalid-device`) that says what is wrong with it. */
export function checkDeviceId(id: string): string {
  if (typeof id !== "string" || id === "") throw invalid("A device needs an id that is not empty");
  if (id.length > deviceLimits.id) {
    throw invalid(`A device id has at most ${deviceLimits.id} characters; this one has ${id.length}`);
  }
  if (forbiddenInId.test(id)) {
    throw invalid("A device id may not contain '/', '+', '#' or control characters: it is one level of an MQTT topic");
  }
  if (!id.isWellFormed() || noCharacter.test(id)) throw invalid("A device id has to be valid Unicode");
  if (id.trim() !== id) throw invalid("A device id may not begin or end with white space");
  if (id.startsWith("$")) throw invalid("A device id may not begin with '$', which MQTT keeps for the broker");
  // A URL cannot name these: "." and ".." are resolved away.
  if (id === "." || id === "..") throw invalid(`A device cannot be called ${JSON.stringify(id)}: no URL can name it`);
  return id;
}

export function checkDeviceType(type: string): string {
  if (type.length > deviceLimits.type) throw invalid(`A device type has at most ${deviceLimits.type} characters`);
  if (control.test(type) || !type.isWellFormed()) throw invalid("A device type may not contain control characters");
  return type;
}

export function checkTags(tags: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const entries = Object.entries(tags);
  if (entries.length > deviceLimits.tags) throw invalid(`A device has at most ${deviceLimits.tags} tags`);
  for (const [name, value] of entries) {
    checkName("tag", name);
    if (typeof value !== "string") throw invalid(`Tag ${JSON.stringify(name)} has to be text`);
    checkText(`Tag ${JSON.stringify(name)}`, value, deviceLimits.tagValue);
    if (value === "")
      throw invalid(`Tag ${JSON.stringify(name)} is empty; leave it out, or set it to null to remove it`);
  }
  return tags;
}

export function checkAttributes(
  attributes: Readonly<Record<string, AttributeValue>>,
): Readonly<Record<string, AttributeValue>> {
  const entries = Object.entries(attributes);
  if (entries.length > deviceLimits.attributes) {
    throw invalid(`A device has at most ${deviceLimits.attributes} attributes`);
  }
  for (const [name, value] of entries) {
    checkName("attribute", name);
    if (typeof value === "string") {
      checkText(`Attribute ${JSON.stringify(name)}`, value, deviceLimits.attributeText);
    } else if (typeof value !== "boolean" && !(typeof value === "number" && Number.isFinite(value))) {
      throw invalid(`Attribute ${JSON.stringify(name)} has to be text, true or false, or a finite number`);
    }
  }
  return attributes;
}

export function invalid(message: string): RequestError {
  return new RequestError(400, "invalid-device", message);
}

function checkName(what: string, name: string): void {
  const shown = JSON.stringify(name.slice(0, deviceLimits.name));
  if (name.length > deviceLimits.name) {
    throw invalid(`The name of ${what} ${shown}… is longer than ${deviceLimits.name} characters`);
  }
  // `__proto__` would not survive a JavaScript object; refused rather than lost.
  if (!namePattern.test(name) || name === "__proto__") {
    throw invalid(
      `${shown} cannot name a ${what}: letters, digits, '_', '.', ':', '-' and spaces can, the first no sign`,
    );
  }
}

function checkText(what: string, text: string, max: number): void {
  if (text.length > max) throw invalid(`${what} has at most ${max} characters; this one has ${text.length}`);
  if (!text.isWellFormed() || text.includes("\u0000")) throw invalid(`${what} has to be valid Unicode without NUL`);
}
