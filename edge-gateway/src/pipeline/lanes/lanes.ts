import { ReceiveClock } from "../clock/receive-clock.ts";
import { Lane, type LaneAccount } from "./lane.ts";

/** All that has to outlive the process so that identities stay dense and times never go back. */
export interface LanesState {
  readonly gateway: string;
  readonly epoch: number;
  /** The latest receive time given out, in microseconds. */
  readonly clock: number;
  /** By partition. */
  readonly lanes: readonly LaneAccount[];
}

/** The lanes of one gateway, one for each partition of telemetry.v1. */
export class Lanes {
  readonly gateway: string;
  readonly epoch: number;
  readonly clock: ReceiveClock;
  readonly all: readonly Lane[];

  constructor(state: LanesState, partitions: number, clock = new ReceiveClock(state.clock)) {
    this.gateway = state.gateway;
    this.epoch = state.epoch;
    this.clock = clock;
    this.all = Array.from({ length: partitions }, (_, partition) => new Lane(partition, state.lanes[partition]));
  }

  of(partition: number): Lane {
    return this.all[partition]!;
  }

  get state(): LanesState {
    return {
      gateway: this.gateway,
      epoch: this.epoch,
      clock: this.clock.last,
      lanes: this.all.map((lane) => lane.account),
    };
  }
}
