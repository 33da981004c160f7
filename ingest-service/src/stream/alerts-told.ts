import type { AlertEvent } from "@headwater/proto";

/** Alerts, and what people did, that are remembered; a repetition follows soon, so the newest are enough. */
const KEPT = 10_000;

/**
 * Rules emit again what follows their last checkpoint after a crash, and a write may be appended twice. Every fold
 * counts the first, so a listener is told of no other.
 */
export class AlertsTold {
  readonly #transitions = new Map<string, number>();
  readonly #writes = new Set<string>();

  /** False: it was told before. */
  accept({ alertId, transition, writeId }: AlertEvent): boolean {
    if (transition === 0) {
      if (writeId === "") return true;
      const write = `${alertId}/${writeId}`;
      if (this.#writes.has(write)) return false;
      this.#writes.add(write);
      forgetOldest(this.#writes);
      return true;
    }
    if (transition <= (this.#transitions.get(alertId) ?? 0)) return false;
    // The one that was told last stands last.
    this.#transitions.delete(alertId);
    this.#transitions.set(alertId, transition);
    forgetOldest(this.#transitions);
    return true;
  }
}

function forgetOldest(told: Map<string, number> | Set<string>): void {
  if (told.size > KEPT) told.delete(told.keys().next().value as string);
}
