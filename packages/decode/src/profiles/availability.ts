import { DecodeError } from "@headwater/core";
import type { DecodedMessage, Decoder, TopicMatch } from "../decoder.ts";
import { parseJson } from "../json-text.ts";
import { textOf } from "../plain-value/plain-value.ts";
import { asObject } from "./flatten.ts";

/**
 * A topic that says whether its device is there: plain text, or JSON's `state`. Such a device has one stay without a
 * number; its session is named after the profile.
 */
export function availability(profile: string, online: readonly string[], offline: readonly string[]) {
  return ({ device = "" }: TopicMatch): Decoder =>
    (payload): DecodedMessage => {
      const said = stateOf(payload).toLowerCase();
      const isOnline = online.includes(said);
      if (!isOnline && !offline.includes(said))
        throw new DecodeError(`Whether the device is there has to be said by ${[...online, ...offline].join(" or ")}`);
      const reason = isOnline ? "birth" : "last-will";
      return { samples: [], effects: { presence: [{ device, online: isOnline, session: profile, reason }] } };
    };
}

function stateOf(payload: Uint8Array): string {
  const text = textOf(payload);
  if (!text.startsWith("{")) return text;
  const state = asObject(parseJson(payload))?.["state"];
  return typeof state === "string" ? state : "";
}
