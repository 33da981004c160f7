import { sharedTurn } from "./shared-turn.ts";

/** How long a work may hold the event loop (milliseconds); what comes between two looks at the clock adds to it. */
const holdMs = 10;

/** When the first work of this turn began, by performance.now(); undefined: none has. */
let turnBegan: number | undefined;

/** Works that begin in one turn have its time together: as many may begin there as there are partitions. */
function beginInTurn(): number {
  if (turnBegan === undefined) {
    turnBegan = performance.now();
    setImmediate(() => (turnBegan = undefined));
  }
  return turnBegan;
}

/** Lets others have the event loop in the course of a long work: `if (pace.isDue) await pace.rest()`. */
export class Pace {
  #since = beginInTurn();

  get isDue(): boolean {
    return performance.now() - this.#since >= holdMs;
  }

  async rest(): Promise<void> {
    await sharedTurn();
    // Nobody else goes on in this turn; who begins in it counts from here.
    turnBegan = undefined;
    this.#since = beginInTurn();
  }
}

/** Does a work whose slices may be far shorter than what the event loop can spare. */
export async function inSlices(work: Iterable<unknown>): Promise<void> {
  const pace = new Pace();
  for (const _ of work) if (pace.isDue) await pace.rest();
}
