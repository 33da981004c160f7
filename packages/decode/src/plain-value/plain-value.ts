import { DecodeError } from "@headwater/core";
import type { Decoder, DecoderOfTopic } from "../decoder.ts";
import { headwaterForm, type JsonForm } from "../json-form.ts";
import { holds, InexactNumber, isNoNumber } from "../json-text.ts";
import { MessageBuilder } from "../message-builder.ts";
import { payloadText } from "../payload-text.ts";

const number = /^([+-]?)((?:0|[1-9]\d*)(?:\.\d*)?|\.\d+)((?:[eE][+-]?\d+)?)$/;

/** `…/value/{metric}`: the payload is the value alone. */
export const plainValueOfTopic: DecoderOfTopic = plainValues();

/** The same, where a route says what words stand for. */
export function plainValues({ map }: JsonForm = headwaterForm): DecoderOfTopic {
  return ({ names }): Decoder => {
    const metric = names.get("metric") ?? "value";
    return (payload, limits) => {
      const text = textOf(payload);
      const mapped = map?.get(text);
      if (text === "" && mapped === undefined) throw new DecodeError("The payload is empty");
      const builder = new MessageBuilder(limits);
      builder.add(metric, mapped === undefined ? plainValue(text) : mapped);
      return builder.finish();
    };
  };
}

/**
 * What plain text says: a number as JSON writes it (also `+5`, `.5`, `5.`; digits that begin with 0 are more likely a
 * name), `true` or `false`, else the text itself. InexactNumber where a double cannot hold it, and of NaN and the
 * infinities.
 */
export function plainValue(text: string): number | boolean | string | InexactNumber {
  if (text === "true") return true;
  if (text === "false") return false;
  const match = number.exec(text);
  if (match === null) {
    return isNoNumber(text) ? new InexactNumber("NaN") : text;
  }
  const source = (match[1] === "-" ? "-" : "") + withDigits(match[2]!) + match[3]!;
  const value = Number(source);
  return holds(value, source) ? value : new InexactNumber(source);
}

/** JSON wants digits on both sides of the point. */
function withDigits(digits: string): string {
  const whole = digits.startsWith(".") ? `0${digits}` : digits;
  return whole.endsWith(".") ? whole.slice(0, -1) : whole;
}

/** The payload as text, without white space around it. Throws DecodeError if it is not UTF-8. */
export function textOf(payload: Uint8Array): string {
  return payloadText(payload).trim();
}
