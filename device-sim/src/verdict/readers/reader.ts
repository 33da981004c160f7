import type { SentMessages } from "../../load/message-log.ts";
import type { ArrivalCount } from "./arrivals.ts";

/** Told of each message that passes, in their order; `at`: milliseconds since the epoch at which it was there. */
export type OnArrival = (device: string, seq: number, at: number) => void;

/** Where messages pass, one after the other: a log, a live stream, a subscription. */
export interface LogReader {
  readonly byDevice: ReadonlyMap<string, ArrivalCount>;
  /** Why it does not tell everything; undefined: it does. */
  readonly incomplete: string | undefined;
  /** Resolves when nothing that is sent from now on is missed. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

export interface StoredDevice {
  readonly id: string;
  /** The metric that numbers its messages, as the store calls it. */
  readonly metric: string;
  readonly sent: SentMessages;
  /** Its messages say no time: they lie where they came. */
  readonly isUntimed?: boolean;
  /** When the first of its messages may have come (milliseconds since the epoch); undefined: with its own times. */
  readonly since?: number;
}

/** Where messages come to lie, and can be asked for. */
export interface StoreReader {
  /** All points of a device within the times of what it has sent: milliseconds since the epoch, and numbers. */
  eachPoint(device: StoredDevice, take: (time: number, seq: number) => void): Promise<void>;
  /** The points of any of its metrics; undefined: this store is not known to keep more than numbers of messages. */
  eachValue?(device: StoredDevice, metric: string, take: (time: number, value: unknown) => void): Promise<void>;
  /** Whether it keeps text as it was. */
  readonly keepsText: boolean;
  /** The number of the newest message of each device. */
  latest(devices: readonly string[]): Promise<ReadonlyMap<string, number>>;
  /** Milliseconds between two questions for the latest. */
  readonly pauseMs: number;
}

/** Milliseconds since the epoch. */
export interface Span {
  readonly first: number;
  readonly last: number;
}

/**
 * Where messages of a device lie (milliseconds since the epoch): at the times that it gave, and when they came, since a
 * time that is not plausible is not kept.
 */
export function spansOf({
  sent: { times },
  isUntimed,
  since = Infinity,
}: Pick<StoredDevice, "sent" | "isUntimed" | "since">): readonly Span[] {
  let [first, last] = [Infinity, -Infinity];
  for (const time of times) [first, last] = [Math.min(first, time), Math.max(last, time)];
  const now = Date.now();
  if (isUntimed === true) return [{ first, last: Math.max(last, now) }];
  if (times.length === 0) return [{ first: since, last: now }];
  if (since > now) return [{ first, last }];
  const came = { first: since, last: now };
  if (first > came.last || last < came.first) return [{ first, last }, came];
  return [{ first: Math.min(first, came.first), last: Math.max(last, came.last) }];
}
