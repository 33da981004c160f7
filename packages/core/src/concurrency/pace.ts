import { sharedTurn } from "./shared-turn.ts";

/** How long a work may hold the event loop (milliseconds); what comes between two looks at the clock adds to it. */
const holdMs = 10;

/** Lets others have the event loop in the course of a long work: `if (pace.isDue) await pace.rest()`. */
export class Pace {
  #since = performance.now();

  get isDue(): boolean {
    return performance.now() - this.#since >= holdMs;
  }

  async rest(): Promise<void> {
    await sharedTurn();
    this.#since = performance.now();
  }
}

/** Does a work whose slices may be far shorter than what the event loop can spare. */
export async function inSlices(work: Iterable<unknown>): Promise<void> {
  const pace = new Pace();
  for (const _ of work) if (pace.isDue) await pace.rest();
}
