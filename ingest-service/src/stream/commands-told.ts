import type { CommandEvent } from "@headwater/proto";

/** Commands that are remembered; a repetition follows soon, so the newest are enough. */
const KEPT = 10_000;

/**
 * A request may be in the log twice, since rules emit again what follows their last checkpoint after a crash; a reply
 * may be, since a device sends it again, or a gateway does after a crash. The first one counts in every fold, so a
 * listener is told of no other; nor of steps behind the end, but that of the delivery, which may come late.
 */
export class CommandsTold {
  readonly #requested = new Set<string>();
  readonly #ended = new Set<string>();

  /** False: the event changes nothing any more. */
  accept(event: CommandEvent): boolean {
    const { commandId, requested, delivered, succeeded, failed, rejected } = event;
    if (requested !== null && !add(this.#requested, commandId)) return false;
    if (this.#ended.has(commandId)) return delivered !== null;
    // Whether an `expired` counts depends on the deadline, which only the fold knows.
    if (succeeded !== null || failed !== null || rejected !== null) add(this.#ended, commandId);
    return true;
  }
}

/** False: it was there. */
function add(told: Set<string>, id: string): boolean {
  if (told.has(id)) return false;
  told.add(id);
  if (told.size > KEPT) told.delete(told.values().next().value as string);
  return true;
}
