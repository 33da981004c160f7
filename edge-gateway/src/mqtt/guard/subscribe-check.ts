import { isShareFilter, markShared, startsWithShare } from "./share-filter.ts";
import { checkTopicFilter } from "./topic-check.ts";
import type { GuardLimits, Violation } from "./violations.ts";

/**
 * The body of SUBSCRIBE (with a QoS behind each filter; 3.1.1, section 3.8) or of UNSUBSCRIBE (3.10).
 * @param from where the packet identifier begins
 */
export function checkFilters(
  bytes: Uint8Array,
  from: number,
  to: number,
  withQos: boolean,
  limits: GuardLimits,
): Violation | undefined {
  if (to - from < 2) return "truncated-packet";
  if (bytes[from] === 0 && bytes[from + 1] === 0) return "packet-id-zero";
  let at = from + 2;
  if (at === to) return "no-filter";
  for (let count = 1; at < to; count += 1) {
    if (count > limits.maxFilters) return "too-many-filters";
    if (at + 2 > to) return "truncated-packet";
    const end = at + 2 + ((bytes[at]! << 8) | bytes[at + 1]!);
    if (end + (withQos ? 1 : 0) > to) return "truncated-packet";
    const wrong = checkTopicFilter(bytes, at + 2, end, limits);
    if (wrong !== undefined) return wrong;
    // 3.1.1 does not know shared subscriptions, but takes those that are well-formed, as other servers do.
    if (startsWithShare(bytes, at + 2, end) && isShareFilter(bytes, at + 2, end)) markShared(bytes, at + 2);
    at = end;
    if (!withQos) continue;
    if (bytes[at]! > 2) return "qos-3";
    at += 1;
  }
  return undefined;
}
