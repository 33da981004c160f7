import { DecodeError } from "@headwater/core";
import { isUtf8 } from "node:buffer";
import type { Decoder, TopicMatch } from "../decoder.ts";
import { holds, InexactNumber } from "../json-text.ts";
import { MessageBuilder } from "../message-builder.ts";

const number = /^[+-]?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

/** `…/value/{metric}`: the payload is the value alone. */
export function plainValueOfTopic({ names }: TopicMatch): Decoder {
  const metric = names.get("metric") ?? "value";
  return (payload, limits) => {
    const text = textOf(payload);
    if (text === "") throw new DecodeError("The payload is empty");
    const builder = new MessageBuilder(limits);
    builder.add(metric, plainValue(text));
    return builder.finish();
  };
}

/**
 * What plain text says: a number as JSON writes it (a leading `+` too; digits that begin with 0 are more likely a
 * name), `true` or `false`, else the text itself. InexactNumber where a double cannot hold it.
 */
export function plainValue(text: string): number | boolean | string | InexactNumber {
  if (text === "true") return true;
  if (text === "false") return false;
  if (!number.test(text)) return text;
  const source = text.startsWith("+") ? text.slice(1) : text;
  const value = Number(source);
  return holds(value, source) ? value : new InexactNumber(source);
}

/** The payload as text, without white space around it. Throws DecodeError if it is not UTF-8. */
export function textOf(payload: Uint8Array): string {
  if (!isUtf8(payload)) throw new DecodeError("The payload is not UTF-8");
  return Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength).toString("utf8").trim();
}
