import type { Readings } from "../payloads/payload.ts";

/** What a device has sent, numbered from 1: the time of each message, and whether it was acknowledged. */
export class MessageLog {
  #times = new Float64Array(64);
  #acked = new Uint8Array(64);
  #count = 0;
  #ackedCount = 0;
  readonly #keepsReadings: boolean;
  #readings: Readings[] = [];
  /** Numbers of those that were sent again as messages of their own, once for each time. */
  readonly repeated: number[] = [];

  /** `keepsReadings`: also what each message said, to hold it against what is stored. */
  constructor(keepsReadings = false) {
    this.#keepsReadings = keepsReadings;
  }

  get count(): number {
    return this.#count;
  }

  get ackedCount(): number {
    return this.#ackedCount;
  }

  /** `time`: milliseconds since the epoch, by the device's clock. Answers the number. */
  add(time: number, readings: Readings): number {
    if (this.#keepsReadings) this.#readings.push(readings);
    if (this.#count === this.#times.length) this.#grow();
    this.#times[this.#count] = time;
    return ++this.#count;
  }

  ack(seq: number): void {
    if (this.#acked[seq - 1] === 1) return;
    this.#acked[seq - 1] = 1;
    this.#ackedCount += 1;
  }

  /** For another thread; the log is empty afterwards. */
  take(): SentMessages {
    const sent = {
      times: this.#times.slice(0, this.#count),
      acked: this.#acked.slice(0, this.#count),
      repeated: Int32Array.from(this.repeated),
      ...(this.#keepsReadings && { readings: this.#readings }),
    };
    this.#readings = [];
    this.#times = new Float64Array(64);
    this.#acked = new Uint8Array(64);
    this.#count = 0;
    return sent;
  }

  #grow(): void {
    const [times, acked] = [new Float64Array(2 * this.#count), new Uint8Array(2 * this.#count)];
    times.set(this.#times);
    acked.set(this.#acked);
    [this.#times, this.#acked] = [times, acked];
  }
}

/** At i: of message i + 1. */
export interface SentMessages {
  readonly times: Float64Array;
  readonly acked: Uint8Array;
  readonly repeated: Int32Array;
  /** What it said, without its number; undefined: that was not kept. */
  readonly readings?: readonly Readings[];
}
