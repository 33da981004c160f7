import { sharedTurn } from "@headwater/core";

const sliceMs = 15;

/** Cuts long work on the event loop into slices, between which others have their turn. */
export class Slices {
  #began = performance.now();

  async next(): Promise<void> {
    if (performance.now() - this.#began < sliceMs) return;
    await sharedTurn();
    this.#began = performance.now();
  }
}
