import type { MainContext } from "@headwater/service";

/** A command of `headwater`; one file and one line in the list below it. */
export interface Command {
  readonly name: string;
  /** One line for the list of commands. */
  readonly summary: string;
  /** It heeds the signal of its context, and ends in its own time; any other command ends at once. */
  readonly stopsBySignal?: boolean;
  /** Resolves with the exit code; with nothing for a command that runs until it is stopped. */
  run(args: readonly string[], context: MainContext): Promise<number | void>;
}
