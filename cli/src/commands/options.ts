import { parseArgs, type ParseArgsConfig } from "node:util";
import { HeadwaterError } from "@headwater/core";

/** The command line is not one that the command takes; the message says what is. */
export class UsageError extends HeadwaterError {
  readonly advice = "stop";
  readonly code = "usage";
}

/** @throws UsageError instead of the parser's TypeError. */
export function parseOptions<const O extends NonNullable<ParseArgsConfig["options"]>>(
  command: string,
  args: readonly string[],
  options: O,
): ReturnType<typeof parseArgs<{ args: string[]; options: O }>>["values"] {
  try {
    return parseArgs({ args: [...args], options }).values;
  } catch (cause) {
    throw new UsageError(`${(cause as Error).message}. See headwater ${command} --help`, { cause });
  }
}
