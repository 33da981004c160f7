import { isoFromMicros } from "@headwater/core";
import type { Digest, Occasion } from "./delivery.ts";

/** Longest name or text of somebody else's that a message shows. */
const maxShown = 300;
/** Control characters, line breaks among them, and those that turn the direction of text. */
const invisible = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]+/gu;

/** A text of somebody else's as one line that can only be read as text. */
export function oneLine(text: string, most = maxShown): string {
  const line = text.replaceAll(invisible, " ").trim();
  return line.length > most ? `${line.slice(0, most - 1).toWellFormed()}…` : line;
}

export interface Wording {
  readonly title: string;
  readonly facts: readonly (readonly [name: string, value: string])[];
}

/** An occasion in the words that chats and mails show; every text is one line, escaping is the format's. */
export function wordsOf(occasion: Occasion): Wording {
  const { trigger, rule, device, gateway, reason, severity, metric, value, threshold } = occasion;
  const { raisedAt, clearedAt, cause, by, comment } = occasion;
  const facts: [string, string][] = [[gateway === undefined ? "Device" : "Gateway", oneLine(gateway ?? device)]];
  if (reason !== undefined) facts.push(["Reason", oneLine(reason)]);
  // A text is compared with no threshold.
  const measured = typeof value === "string" ? oneLine(value) : `${value} (threshold ${threshold})`;
  if (metric !== "") facts.push([oneLine(metric), measured]);
  facts.push(["Raised", isoFromMicros(raisedAt)]);
  if (clearedAt !== undefined) facts.push(["Cleared", `${isoFromMicros(clearedAt)} (${oneLine(cause)})`]);
  if (by !== "") facts.push(["By", oneLine(by)]);
  if (comment !== "") facts.push(["Comment", oneLine(comment)]);
  facts.push(["Rule", `${oneLine(rule.id)}, revision ${rule.revision}`], ["Alert", oneLine(occasion.alert)]);
  const { summary = "", ...others } = occasion.annotations;
  for (const [key, text] of Object.entries(others)) facts.push([key, oneLine(text)]);
  const name = [summary, rule.name, rule.id].map((text) => oneLine(text)).find((text) => text !== "") ?? "";
  const again = occasion.repetition === 0 ? "" : ` (again, ${occasion.repetition})`;
  const of = `${gateway === undefined ? "" : "gateway "}${oneLine(device)}`;
  return {
    title: `${severity === "" ? "" : `[${severity}] `}${name}: ${trigger} on ${of}${again}`,
    facts,
  };
}

export interface DigestWording {
  readonly title: string;
  /** One for each alert that is named. */
  readonly lines: readonly string[];
}

/** A digest in the words that chats and mails show. */
export function digestWords({ by, count, ended, severity, named }: Digest): DigestWording {
  const values = Object.entries(by).map(([name, value]) => `${oneLine(name)} ${oneLine(value)}`.trimEnd());
  const over = ended === 0 ? "" : ended === count ? ", over" : `, ${ended} of them over`;
  const of = values.length === 0 ? "" : `: ${values.join(", ")}`;
  const title = `${severity === "" ? "" : `[${severity}] `}${count} alert${count === 1 ? "" : "s"}${over}${of}`;
  return {
    title: oneLine(title, 400),
    lines: named.map((occasion) => wordsOf(occasion).title),
  };
}

/** As many lines as there is room for, and how many alerts they leave out. Whole lines, so that no escape is cut. */
export function digestLines(lines: readonly string[], count: number, most: number): readonly string[] {
  const shown: string[] = [];
  let left = most - 40;
  for (const line of lines) {
    left -= line.length + 1;
    if (left < 0) break;
    shown.push(line);
  }
  return shown.length === count ? shown : [...shown, `and ${count - shown.length} more`];
}
