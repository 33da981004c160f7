import type { CommandToSend } from "./command-message.ts";

/** A connected device that takes commands, whatever it is connected by. */
export interface CommandSession {
  readonly device: string;
  /** Names the connection; a claim is for it alone. */
  readonly session: string;
  /** The device was heard there, nobody knows whether it still is: one that is connected comes first. */
  readonly assumed?: boolean;
  /** Commands that were sent and are not acknowledged, whatever became of them since. */
  readonly inFlight: number;
  /**
   * Sends it, never stored or retained for later. `acked` is called when the device has it, never before this returns;
   * the answer is whether an acknowledgement is to be expected.
   */
  send(command: CommandToSend, acked: () => void): boolean;
}
