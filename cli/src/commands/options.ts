import { parseArgs, type ParseArgsConfig } from "node:util";
import { UsageError } from "./command-error.ts";

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
