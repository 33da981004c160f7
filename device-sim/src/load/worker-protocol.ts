import type { RecordableHistogram } from "node:perf_hooks";
import type { FleetSpec } from "../fleet/fleet-schema.ts";
import type { Target } from "../mqtt/open-connection.ts";
import type { SentMessages } from "./message-log.ts";
import type { LoadCounts } from "./load-context.ts";

export interface LoadDevice {
  readonly id: string;
  readonly token: string;
  /** Its place in the fleet's profiles. */
  readonly profile: number;
}

/** What a thread is made with. */
export interface LoadWork {
  readonly spec: FleetSpec;
  readonly folder: string;
  readonly seed: number;
  readonly target: Target;
  readonly devices: readonly LoadDevice[];
  /** Connects a second of this thread. */
  readonly connects: number;
  /** How many of its devices are looked up in the store meanwhile. */
  readonly probes: number;
  readonly keepsReadings: boolean;
}

export type ToWorker =
  | { readonly type: "begin"; readonly at: number; readonly duration: number }
  | { readonly type: "stop" }
  /** Nothing is waited for any more: the answer is what is known. */
  | { readonly type: "finish" };

export type FromWorker =
  | { readonly type: "connected"; readonly connected: number; readonly refused: readonly Refusal[] }
  | { readonly type: "progress"; readonly progress: LoadProgress }
  | { readonly type: "probe"; readonly device: string; readonly seq: number; readonly due: number }
  | { readonly type: "done"; readonly done: LoadDone };

export interface Refusal {
  readonly device: string;
  readonly reason: string;
}

export interface LoadProgress {
  readonly counts: LoadCounts;
  readonly connected: number;
  /** Messages neither acknowledged nor given up. */
  readonly pending: number;
  /** Of those acknowledged since the last progress, µs. */
  readonly ackP50: number;
  readonly ackP99: number;
}

export interface LoadDone {
  readonly counts: LoadCounts;
  readonly devices: readonly DeviceDone[];
  readonly ackLatency: RecordableHistogram;
  readonly commandLatency: RecordableHistogram;
  /** µs by which messages were sent later than they were due, by this thread's own doing. */
  readonly lag: RecordableHistogram;
  readonly refused: readonly Refusal[];
  /** Messages that fell due, whatever became of them. */
  readonly scheduled: number;
}

export interface DeviceDone {
  readonly id: string;
  readonly profile: number;
  readonly sent: SentMessages;
  /** In the order of the fleet's expectations. */
  readonly alerts: readonly number[];
  readonly commands: readonly { readonly expected: number; readonly received: number }[];
}
