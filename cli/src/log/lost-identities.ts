import { DecodeError } from "@headwater/core";
import type { LogRecord, OutgoingRecord } from "@headwater/event-log";
import type { DamagedRange, Surroundings } from "@headwater/event-log/embedded/offline";
import { events, telemetryHeaders, type TelemetryRecord } from "@headwater/proto";

/** Of the identities that a repair found gone. */
export const damagedReason = "damaged";

/**
 * The gap record that stands in a damaged range of telemetry and names the identities that lay there, so that the
 * ledger has them on record and none is given out again. At the end of a lane nothing tells how many of them there
 * were: then as many are named as there may have been.
 */
export function lostIdentities(range: DamagedRange, { before, after }: Surroundings): OutgoingRecord[] {
  if (!range.topic.endsWith("telemetry.v1")) return [];
  const last = firstOfGateways(before);
  if (last === undefined) return [];
  const { gateway, epoch, receivedAt } = last;
  const next = firstOfGateways(after, (record) => record.gateway === gateway && record.epoch === epoch);
  const fromN = last.n + 1;
  const toN = next === undefined ? last.n + (range.to - range.from + 1) : next.n - 1;
  if (toN < fromN) return [];
  // No account of the gateway counts them: it does not know of the damage.
  const gap = { fromN, toN, reason: damagedReason, dropped: 0 };
  // No promise that the lane has not made already: its time stays where it was.
  const value = events.telemetry.encode({ gateway, epoch, n: toN, receivedAt, eventTime: receivedAt, gap });
  return [{ key: null, value, headers: telemetryHeaders.gap }];
}

function firstOfGateways(
  records: Iterable<LogRecord>,
  isWanted: (record: TelemetryRecord) => boolean = () => true,
): TelemetryRecord | undefined {
  for (const { value } of records) {
    if (value === null) continue;
    try {
      const record = events.telemetry.decode(value);
      if (record.gateway !== "" && record.n > 0 && isWanted(record)) return record;
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
    }
  }
  return undefined;
}
