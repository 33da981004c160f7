import type { CommandEvent } from "@headwater/proto";

/** Commands that a listener was told the end of; a repetition follows soon, so the newest are enough. */
const KEPT = 10_000;

/**
 * A reply may be in the log twice: a device sends it again, or a gateway does after a crash. The first one counts in
 * every fold, so a listener is told of no other; nor of steps behind it, but that of the delivery, which may come late.
 */
export class CommandEndings {
  readonly #ended = new Set<string>();

  /** Whether the event changes nothing any more. */
  isOver(event: CommandEvent): boolean {
    const { commandId, delivered, succeeded, failed, rejected } = event;
    if (this.#ended.has(commandId)) return delivered === null;
    // Whether an `expired` counts depends on the deadline, which only the fold knows.
    if (succeeded === null && failed === null && rejected === null) return false;
    this.#ended.add(commandId);
    if (this.#ended.size > KEPT) this.#ended.delete(this.#ended.values().next().value as string);
    return false;
  }
}
