import { HeadwaterError } from "@headwater/core";

/** A command could not be carried out; the message says why. */
export class CommandError extends HeadwaterError {
  readonly advice = "stop";
  readonly code: string = "command";
}

/** The command does not take these arguments; the message names the ones that it takes. */
export class UsageError extends CommandError {
  override readonly code = "usage";
}
