import { types } from "./packet-types.ts";
import { ids } from "./properties.ts";
import type { PropertyReader } from "./property-reader.ts";
import type { ServerBounds } from "./server-bounds.ts";
import { isShareFilter, markShared, startsWithShare } from "./share-filter.ts";
import { fieldEnd } from "./text-check.ts";
import { checkTopicFilter } from "./topic-check.ts";
import type { GuardLimits, Violation } from "./violations.ts";

/** Options of a subscription (3.8.3.1). */
const option = { qos: 0x03, noLocal: 0x04, retainHandling: 0x30, reserved: 0xc0 } as const;
const plus = 0x2b;
const hash = 0x23;

/**
 * The body of SUBSCRIBE of MQTT 5 (with options behind each filter; section 3.8) or of UNSUBSCRIBE (3.10).
 * @param from where the packet identifier begins
 */
export function checkFilters5(
  bytes: Uint8Array,
  from: number,
  to: number,
  type: number,
  limits: GuardLimits,
  reader: PropertyReader,
  bounds: ServerBounds,
): Violation | undefined {
  if (bytes[from] === 0 && bytes[from + 1] === 0) return "packet-id-zero";
  const wrong = reader.read(bytes, from + 2, to, type, limits);
  if (wrong !== undefined) return wrong;
  const withOptions = type === types.subscribe;
  if (!bounds.subscriptionIds && reader.has(ids.subscriptionId)) return "subscription-id-unavailable";
  let at = reader.end;
  if (at === to) return "no-filter";
  for (let count = 1; at < to; count += 1) {
    if (count > limits.maxFilters) return "too-many-filters";
    if (count > bounds.answerableFilters) return "answer-too-large";
    const end = fieldEnd(bytes, at, to);
    if (end < 0 || (withOptions && end === to)) return "truncated-packet";
    const filterAt = at + 2;
    const wrongFilter = checkTopicFilter(bytes, filterAt, end, limits);
    if (wrongFilter !== undefined) return wrongFilter;
    const isShared = startsWithShare(bytes, filterAt, end);
    if (isShared && !isShareFilter(bytes, filterAt, end)) return "shared-filter";
    at = end;
    if (!withOptions) {
      if (isShared) markShared(bytes, filterAt);
      continue;
    }
    const wrongOptions = checkOptions(bytes[at]!, isShared) ?? checkBounds(bytes, filterAt, end, isShared, bounds);
    if (wrongOptions !== undefined) return wrongOptions;
    if (isShared) markShared(bytes, filterAt);
    at += 1;
  }
  return undefined;
}

function checkOptions(options: number, isShared: boolean): Violation | undefined {
  if ((options & option.qos) === option.qos) return "qos-3";
  if ((options & option.reserved) !== 0 || (options & option.retainHandling) === option.retainHandling) {
    return "subscription-options";
  }
  return isShared && (options & option.noLocal) !== 0 ? "shared-no-local" : undefined;
}

/** Whether the gateway has what is asked for. */
function checkBounds(
  bytes: Uint8Array,
  from: number,
  to: number,
  isShared: boolean,
  { shared, wildcards }: ServerBounds,
): Violation | undefined {
  if (isShared && !shared) return "shared-unavailable";
  if (wildcards) return undefined;
  for (let at = from; at < to; at += 1) if (bytes[at] === plus || bytes[at] === hash) return "wildcard-unavailable";
  return undefined;
}
