/** A connected device that takes commands, whatever it is connected by. */
export interface CommandSession {
  readonly device: string;
  /** Names the connection; a claim is for it alone. */
  readonly session: string;
  /** Commands that were sent and are not acknowledged. */
  readonly inFlight: number;
  /** Sends it; `acked` is called when the device has it. Never stored or retained for later. */
  send(commandId: string, payload: string, acked: () => void): void;
}
