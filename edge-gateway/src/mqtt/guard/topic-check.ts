import { isText } from "./text-check.ts";
import type { GuardLimits, Violation } from "./violations.ts";

const slash = 0x2f;
const plus = 0x2b;
const hash = 0x23;

/** A topic name (3.1.1, section 4.7): not empty, no wildcards. */
export function checkTopicName(
  bytes: Uint8Array,
  from: number,
  to: number,
  limits: GuardLimits,
): Violation | undefined {
  if (from === to) return "topic-name";
  if (to - from > limits.maxTopicBytes) return "topic-too-long";
  let levels = 1;
  for (let at = from; at < to; at += 1) {
    const byte = bytes[at];
    if (byte === slash) levels += 1;
    else if (byte === plus || byte === hash) return "topic-name";
  }
  if (levels > limits.maxTopicLevels) return "topic-too-deep";
  return isText(bytes, from, to) ? undefined : "invalid-text";
}

/** A topic filter (3.1.1, section 4.7.1): a wildcard is a whole level, `#` the last one. */
export function checkTopicFilter(
  bytes: Uint8Array,
  from: number,
  to: number,
  limits: GuardLimits,
): Violation | undefined {
  if (from === to) return "topic-filter";
  if (to - from > limits.maxTopicBytes) return "topic-too-long";
  let levels = 1;
  for (let at = from; at < to; at += 1) {
    const byte = bytes[at];
    if (byte === slash) levels += 1;
    else if (byte === plus || byte === hash) {
      if (at > from && bytes[at - 1] !== slash) return "topic-filter";
      if (at + 1 < to && (byte === hash || bytes[at + 1] !== slash)) return "topic-filter";
    }
  }
  if (levels > limits.maxTopicLevels) return "topic-too-deep";
  return isText(bytes, from, to) ? undefined : "invalid-text";
}
