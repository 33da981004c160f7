import type { Duplex } from "node:stream";
import type { ExpectedCommands } from "./command-expectation.ts";
import type { ThresholdOf } from "./threshold.ts";

/** What the devices of a thread share. */
export interface LoadContext {
  /** Milliseconds since the epoch on the clock that schedules count by. */
  readonly now: () => number;
  /** When the schedule began, on that clock. */
  readonly beganAt: () => number;
  readonly open: () => Duplex;
  readonly seed: number;
  /** A message that was due then is acknowledged now. */
  readonly acked: (due: number) => void;
  /** The command is here now that a message called for which was due then. */
  readonly commanded: (due: number) => void;
  /** Calls back at a time on the clock of the schedule; the load waits for it before it ends. */
  readonly at: (time: number, callback: () => void) => void;
  /** The same, while the schedule lasts. */
  readonly during: (time: number, callback: () => void) => void;
  readonly expectedAlerts: readonly ThresholdOf[];
  readonly expectedCommands: readonly ExpectedCommands[];
  /** Whether what messages say is kept, to be held against what is stored. */
  readonly keepsReadings: boolean;
  readonly counts: LoadCounts;
}

/** Of all devices of a thread; messages if nothing else is said. */
export interface LoadCounts {
  sent: number;
  acked: number;
  /** By QoS 0, which nobody acknowledges. */
  unconfirmed: number;
  late: number;
  repeated: number;
  /** Left out on purpose, as a sensor that was silent. */
  missing: number;
  /** Given up by a device whose buffer was full while it was away. */
  givenUp: number;
  hostile: number;
  bytes: number;
  reconnects: number;
  cuts: number;
  commands: number;
  /** Deliveries of a command that the device had already. */
  repeatedCommands: number;
  commandsAnswered: number;
}
