const hour = 3_600_000_000;
/** No clock is borne that is slower than this (milliseconds). */
const mostMs = 300_000;

/**
 * How far a device's event times lie behind their append times at least, in the present hour of append time and the one
 * before: that much its clock is slow, or its way to the log long. Whole milliseconds up to five minutes, so that it
 * costs next to nothing for each of many devices.
 */
export class LeastLag {
  #hour = 0;
  #presentMs = mostMs;
  #formerMs = mostMs;

  get isKnown(): boolean {
    return this.#hour !== 0;
  }

  get micros(): number {
    return Math.min(this.#presentMs, this.#formerMs) * 1000;
  }

  hear(eventTime: number, appendTime: number): void {
    const now = Math.floor(appendTime / hour);
    if (now > this.#hour) {
      this.#formerMs = now === this.#hour + 1 ? this.#presentMs : mostMs;
      this.#presentMs = mostMs;
      this.#hour = now;
    }
    const lagMs = Math.floor((appendTime - eventTime) / 1000);
    if (lagMs < this.#presentMs) this.#presentMs = Math.max(0, lagMs);
  }

  clear(): void {
    this.state = [0, mostMs, mostMs];
  }

  get state(): readonly [hour: number, presentMs: number, formerMs: number] {
    return [this.#hour, this.#presentMs, this.#formerMs];
  }

  set state([at, presentMs, formerMs]) {
    this.#hour = at;
    this.#presentMs = presentMs;
    this.#formerMs = formerMs;
  }

  /** What another has heard besides. */
  merge(other: LeastLag): void {
    if (other.#hour > this.#hour) {
      this.#formerMs = other.#hour === this.#hour + 1 ? this.#presentMs : mostMs;
      this.#presentMs = mostMs;
      this.#hour = other.#hour;
    }
    if (other.#hour === this.#hour) {
      this.#presentMs = Math.min(this.#presentMs, other.#presentMs);
      this.#formerMs = Math.min(this.#formerMs, other.#formerMs);
    } else if (other.#hour === this.#hour - 1) this.#formerMs = Math.min(this.#formerMs, other.#presentMs);
  }
}
