import type { ReceiveClock } from "./receive-clock.ts";
import type { DecodedMessage, UnplacedTime } from "@headwater/decode";

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

const deviceTime = "device-time";
const deviceTimeLocal = "device-time-local";

/**
 * Takes the receive time from the clock and settles when each sample happened: the device's own time if that is
 * plausible, else consecutive microseconds from the receive time on, so that no sample of a message overwrites another
 * in a store. A time that is not believed is kept in the attribute `device-time` (microseconds; `index:microseconds`
 * for each where there are several samples), one that names no instant as it was written in `device-time-local`.
 */
export function settleTimes(
  message: DecodedMessage,
  clock: Pick<ReceiveClock, "take" | "advancePast">,
  plausibility: Plausibility,
): EventTimes {
  const { samples, notes } = message;
  if (samples.length === 1) {
    const receivedAt = clock.take();
    const { time: own, unplaced } = samples[0]!;
    if (own === undefined && unplaced === undefined)
      return { receivedAt, eventTime: receivedAt, sampleTimes: null, implausible: 0, attributes: notes };
    if (own !== undefined && isPlausible(own, receivedAt, plausibility)) {
      return { receivedAt, eventTime: own, sampleTimes: null, implausible: 0, attributes: notes };
    }
    const isLocal = unplaced?.kind === "local";
    const attributes = { ...notes, [isLocal ? deviceTimeLocal : deviceTime]: unplaced?.text ?? String(own) };
    return { receivedAt, eventTime: receivedAt, sampleTimes: null, implausible: isLocal ? 0 : 1, attributes };
  }
  const receivedAt = clock.take();
  let next = receivedAt;
  const kept = new KeptTimes();
  const sampleTimes = samples.map(({ time, unplaced }, index) => {
    if (time !== undefined) {
      if (isPlausible(time, receivedAt, plausibility)) return time;
      kept.implausible(index, String(time));
    } else if (unplaced !== undefined) kept.unplaced(index, unplaced);
    const given = next;
    next += 1;
    return given;
  });
  clock.advancePast(next - 1);
  const attributes = kept.attributes(notes);
  return { receivedAt, eventTime: sampleTimes[0]!, sampleTimes, implausible: kept.count, attributes };
}

/** The times of a message's samples that were not taken, by the index of each. All of them: they are data. */
class KeptTimes {
  count = 0;
  #implausible = "";
  #local = "";

  implausible(index: number, text: string): void {
    this.count += 1;
    this.#implausible += `${this.#implausible === "" ? "" : ","}${index}:${text}`;
  }

  unplaced(index: number, { kind, text }: UnplacedTime): void {
    if (kind === "beyond") this.implausible(index, text);
    else this.#local += `${this.#local === "" ? "" : ";"}${index}:${text}`;
  }

  attributes(notes: DecodedMessage["notes"]): DecodedMessage["notes"] {
    if (this.#implausible === "" && this.#local === "") return notes;
    return {
      ...notes,
      ...(this.#implausible !== "" && { [deviceTime]: this.#implausible }),
      ...(this.#local !== "" && { [deviceTimeLocal]: this.#local }),
    };
  }
}

function isPlausible(time: number, receivedAt: number, { maxPast, maxFuture }: Plausibility): boolean {
  return time >= 0 && time >= receivedAt - maxPast && time <= receivedAt + maxFuture;
}
