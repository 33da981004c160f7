import type { Profile } from "../fleet/profile.ts";
import type { Random } from "../signals/random.ts";

/** How wrong a device's clock is: by some time from the beginning, by more as it runs, and by a jump. */
export class DeviceClock {
  readonly #spec: Profile["clock"];
  readonly #skew: number;
  readonly #jumpBy: number;

  constructor(spec: Profile["clock"], random: Random) {
    this.#spec = spec;
    this.#skew = random.within(spec.skew);
    this.#jumpBy = random.within(spec.jumpBy);
  }

  /** Milliseconds that it is fast, so long after the fleet began (milliseconds). */
  error(elapsed: number): number {
    const { drift, jumpAt } = this.#spec;
    return this.#skew + (elapsed * drift) / 1e6 + (elapsed >= jumpAt ? this.#jumpBy : 0);
  }
}
