import type { ChangedStates, StateBytes } from "../engine/engine.ts";
import { seriesPrefix } from "../engine/state-codec.ts";

/** What is assumed of a state before any was written (bytes). */
const assumedBytes = 200;

/**
 * What the next checkpoint is going to take in the state log, by what those before it took: to make its states only to
 * see how large they are would cost as much as to write them.
 */
export class CheckpointCost {
  readonly #instances = new Mean();
  readonly #series = new Mean();
  /** Of the checkpoint without its states: clocks and identities of all gateways. */
  #frame = 0;
  /** What the last ones took beyond what they might. */
  #debt = 0;

  /** Of states that changed so many. */
  of({ instances, series }: ChangedStates): number {
    return this.#debt + this.#frame + instances * this.#instances.value + series * this.#series.value;
  }

  /** One was written; `allowed`: what it might take. */
  written({ instances, series, frame }: WrittenBytes, allowed: number): void {
    this.#instances.add(instances);
    this.#series.add(series);
    this.#frame = frame;
    const bytes = frame + instances.bytes + series.bytes;
    // One that had to be written, however much it took, delays the next by no more than another such.
    this.#debt = Math.min(bytes, Math.max(0, this.#debt + bytes - allowed));
  }
}

interface Size {
  count: number;
  bytes: number;
}

/** What a checkpoint took in the state log, keys and values. */
export class WrittenBytes {
  readonly instances: Size = { count: 0, bytes: 0 };
  readonly series: Size = { count: 0, bytes: 0 };
  /** All but the states. */
  frame = 0;

  addState({ rule }: StateBytes, bytes: number): void {
    const size = rule.startsWith(seriesPrefix) ? this.series : this.instances;
    size.count += 1;
    size.bytes += bytes;
  }
}

/** Of the last writing; states of a fleet are alike from one to the next. */
class Mean {
  value = assumedBytes;

  add({ count, bytes }: Size): void {
    if (count > 0) this.value = bytes / count;
  }
}
