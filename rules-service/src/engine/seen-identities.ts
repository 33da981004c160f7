import type { CheckpointState, SeenIdentity } from "./engine.ts";

/** Epochs of one gateway that are remembered; a gateway starts a new one only with a new spool. */
const maxEpochs = 16;

/** A gateway that has been away for longer is another one, should it come back (microseconds of append time). */
const forgottenAfter = 30 * 86_400_000_000;

interface Lane {
  readonly gateway: string;
  /** The last n of each epoch; the one that spoke last stands last. */
  readonly epochs: Map<number, number>;
  epoch: number;
  last: number;
  /** Append time of its last record; 0: not known. */
  heardAt: number;
}

/** What of each gateway has been seen in this partition: n is dense, so what is at or below the last is a duplicate. */
export class SeenIdentities {
  readonly #lanes = new Map<string, Lane>();
  /** The one that was seen last: mostly it is seen again. */
  #lane: Lane | undefined;
  duplicates = 0;
  gaps = 0;
  /** Append time of the last record of any. */
  #heardAt = 0;

  /** False: a duplicate. */
  accept(gateway: string, epoch: number, n: number, appendTime: number): boolean {
    let lane = this.#lane;
    if (lane === undefined || lane.gateway !== gateway) {
      lane = this.#lanes.get(gateway) ?? this.#begin(gateway, epoch);
      this.#lane = lane;
    }
    if (lane.epoch !== epoch) turnTo(lane, epoch);
    this.#heardAt = lane.heardAt = appendTime;
    if (n <= lane.last) {
      this.duplicates++;
      return false;
    }
    // The first that is seen of an epoch may follow what retention removed.
    if (lane.last !== 0 && n > lane.last + 1) this.gaps++;
    lane.last = n;
    return true;
  }

  checkpoint(): CheckpointState["seen"] {
    const seen: SeenIdentity[] = [];
    for (const [gateway, lane] of this.#lanes) {
      // A version that did not keep it wrote 0.
      if (lane.heardAt === 0) lane.heardAt = this.#heardAt;
      if (this.#heardAt - lane.heardAt > forgottenAfter) {
        this.#lanes.delete(gateway);
        continue;
      }
      turnTo(lane, lane.epoch);
      for (const [epoch, n] of lane.epochs) seen.push({ gateway, epoch, n, heardAt: lane.heardAt });
    }
    return seen;
  }

  restore(seen: CheckpointState["seen"]): void {
    this.#lanes.clear();
    this.#lane = undefined;
    for (const { gateway, epoch, n, heardAt = 0 } of seen) {
      const lane = this.#lanes.get(gateway) ?? this.#begin(gateway, epoch);
      turnTo(lane, epoch);
      lane.last = n;
      lane.heardAt = heardAt;
      this.#heardAt = Math.max(this.#heardAt, heardAt);
    }
  }

  #begin(gateway: string, epoch: number): Lane {
    const lane = { gateway, epochs: new Map(), epoch, last: 0, heardAt: 0 };
    this.#lanes.set(gateway, lane);
    return lane;
  }
}

function turnTo(lane: Lane, epoch: number): void {
  lane.epochs.delete(lane.epoch);
  lane.epochs.set(lane.epoch, lane.last);
  if (lane.epoch === epoch) return;
  lane.epoch = epoch;
  lane.last = lane.epochs.get(epoch) ?? 0;
  lane.epochs.delete(epoch);
  lane.epochs.set(epoch, lane.last);
  for (const oldest of lane.epochs.keys()) {
    if (lane.epochs.size <= maxEpochs) break;
    lane.epochs.delete(oldest);
  }
}
