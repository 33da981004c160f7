import type { Reading as ReadingMessage, TelemetryRecord } from "@headwater/proto";
import type { Reading, Value } from "../readings/reading.ts";
import type { LogClock } from "./clock.ts";
import { derivedIndex } from "./derivations.ts";
import type { RecordPosition } from "./engine.ts";

/** A reading of a record as rules judge it. `shift`: how far it is moved back so that it is not ahead of the log. */
export function readingOf(
  record: TelemetryRecord,
  message: ReadingMessage,
  index: number,
  value: Value,
  at: RecordPosition,
  shift: number,
  clock: LogClock,
): Reading {
  const { derived, receivedAt } = record;
  const isBoolean = message.boolean !== null && message.number === null;
  const eventTime = record.eventTime + message.timeDelta;
  if (derived === null) {
    const { gateway, epoch, n } = record;
    return {
      time: eventTime - shift,
      offset: at.offset,
      index,
      metric: message.metric,
      value,
      isBoolean,
      eventTime,
      receivedAt,
      logTime: clock.logTime(gateway, epoch, receivedAt, at.appendTime),
      gateway,
      epoch,
      n,
      derivedBy: "",
    };
  }
  const { sourceGateway: gateway, sourceEpoch: epoch, sourceN: n, causeOffset, ordinal } = derived;
  // It stands at its cause; one of a version that did not count them, where its record lies.
  const isPlaced = ordinal > 0;
  return {
    // It has its source's judged time, which is not ahead of the log.
    time: eventTime,
    offset: isPlaced ? causeOffset : at.offset,
    index: isPlaced ? derivedIndex(ordinal) : index,
    metric: message.metric,
    value,
    isBoolean,
    eventTime,
    receivedAt,
    logTime:
      gateway === "" ? Math.min(receivedAt, at.appendTime) : clock.logTime(gateway, epoch, receivedAt, at.appendTime),
    gateway,
    epoch,
    n,
    derivedBy: `${derived.revision}:${derived.rule}`,
  };
}

/** undefined: no rule can judge it. */
export function valueOf({ number, boolean, text }: ReadingMessage): Value | undefined {
  // One zero, so that what is kept and read back is the same to the bit.
  if (number !== null) return Number.isFinite(number) ? number + 0 : undefined;
  if (boolean !== null) return Number(boolean);
  return text ?? undefined;
}
