import { HeadwaterError } from "@headwater/core";

/** A command could not be carried out; the message says why. */
export class CommandError extends HeadwaterError {
  readonly advice = "stop";
  readonly code: string = "command";
}

/** The command line is not one that the command takes; the message says what is. */
export class UsageError extends CommandError {
  override readonly code = "usage";
}
