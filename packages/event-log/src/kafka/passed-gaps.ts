import type { LogGap } from "../event-log.ts";

/** Named one by one up to so many; of the rest it is said how many they are. */
const NAMED = 10;
/** Kept apart up to so many. */
const KEPT = 10_000;

/** The gaps that readers of this process went past, each once however many readers came by. */
export class PassedGaps {
  readonly #gaps = new Map<string, LogGap>();

  add(gap: LogGap): void {
    if (this.#gaps.size < KEPT) this.#gaps.set(`${gap.topic}/${gap.partition}/${gap.fromOffset}`, gap);
  }

  /** For health. */
  warnings(): readonly string[] {
    const named = [...this.#gaps.values()].slice(-NAMED).map(described);
    const rest = this.#gaps.size - named.length;
    return rest === 0 ? named : [...named, `records at ${rest} more places cannot be read and were passed over`];
  }
}

function described({ topic, partition, fromOffset, toOffset, reason }: LogGap): string {
  return `records of ${topic}, partition ${partition}, offsets ${fromOffset} to ${toOffset - 1}, cannot be read (${reason}) and were passed over`;
}
