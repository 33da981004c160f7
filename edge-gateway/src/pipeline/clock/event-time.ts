import type { ReceiveClock } from "./receive-clock.ts";
import type { DecodedMessage } from "@headwater/decode";

const minute = 60_000_000;
const day = 24 * 60 * minute;

/** How far a device's own time may lie from the receive time (microseconds) to be believed. */
export interface Plausibility {
  readonly maxPast: number;
  readonly maxFuture: number;
}

export const defaultPlausibility: Plausibility = { maxPast: 366 * day, maxFuture: 10 * minute };

/** The times of one event. */
export interface EventTimes {
  readonly receivedAt: number;
  /** Of the first sample. */
  readonly eventTime: number;
  /** Of each sample; null if there is one alone. */
  readonly sampleTimes: readonly number[] | null;
  /** How many samples had a time that was not believed. */
  readonly implausible: number;
  readonly attributes: Readonly<Record<string, string>> | undefined;
}

/** Implausible times are noted up to so many. */
const maxNoted = 20;

/**
 * Takes the receive time from the clock and settles when each sample happened: the device's own time if that is
 * plausible, else consecutive microseconds from the receive time on, so that no sample of a message overwrites another
 * in a store. A time that is not believed is kept in the attribute `device-time` (microseconds; `index:microseconds`
 * for each where there are several samples).
 */
export function settleTimes(message: DecodedMessage, clock: ReceiveClock, plausibility: Plausibility): EventTimes {
  const { samples, notes } = message;
  if (samples.length === 1) {
    const receivedAt = clock.take();
    const own = samples[0]!.time;
    if (own === undefined)
      return { receivedAt, eventTime: receivedAt, sampleTimes: null, implausible: 0, attributes: notes };
    if (isPlausible(own, receivedAt, plausibility)) {
      return { receivedAt, eventTime: own, sampleTimes: null, implausible: 0, attributes: notes };
    }
    const attributes = { ...notes, "device-time": String(own) };
    return { receivedAt, eventTime: receivedAt, sampleTimes: null, implausible: 1, attributes };
  }
  const receivedAt = clock.take();
  let next = receivedAt;
  let implausible = 0;
  const noted: string[] = [];
  const sampleTimes = samples.map(({ time }, index) => {
    if (time !== undefined) {
      if (isPlausible(time, receivedAt, plausibility)) return time;
      implausible += 1;
      if (noted.length < maxNoted) noted.push(`${index}:${time}`);
    }
    const given = next;
    next += 1;
    return given;
  });
  clock.advancePast(next - 1);
  const attributes = implausible === 0 ? notes : { ...notes, "device-time": noted.join(",") };
  return { receivedAt, eventTime: sampleTimes[0]!, sampleTimes, implausible, attributes };
}

function isPlausible(time: number, receivedAt: number, { maxPast, maxFuture }: Plausibility): boolean {
  return time >= 0 && time >= receivedAt - maxPast && time <= receivedAt + maxFuture;
}
