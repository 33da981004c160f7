import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { SimulationError } from "./errors.ts";
import { describeVerdict } from "./report/describe.ts";
import { mergeOf } from "./verdict/merge.ts";
import type { FleetVerdict } from "./verdict/verdict.ts";

const usage = `headwater sim merge A.json B.json …: one verdict of a fleet that ran in parts

Each part is what \`headwater sim --share P/N --json\` printed. All parts are needed; the whole is judged anew by what the
fleet expects. Percentiles are those of all messages, exact to half a percent of the ranks below 99 %.

  --json            the verdict as JSON`;

/** Runs `headwater sim merge`; answers the exit code. @throws SimulationError naming the file. */
export function mergeVerdicts(args: readonly string[]): number {
  const { values, positionals } = lineOf(args);
  if (values.help) {
    console.log(usage);
    return 0;
  }
  const verdict = mergeOf(positionals.map(readVerdict));
  console.log(values.json ? JSON.stringify(verdict, undefined, 2) : describeVerdict(verdict));
  return verdict.holds ? 0 : 1;
}

function lineOf(args: readonly string[]) {
  const flag = { type: "boolean", default: false } as const;
  const options = { json: flag, help: { ...flag, short: "h" } } as const;
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true });
  } catch (cause) {
    throw new SimulationError(`${(cause as Error).message}. See headwater sim merge --help`, { cause });
  }
}

function readVerdict(file: string): FleetVerdict {
  try {
    const verdict = JSON.parse(readFileSync(file, "utf8")) as FleetVerdict;
    if (typeof verdict.fleet === "string" && typeof verdict.counts === "object") return verdict;
  } catch (cause) {
    throw new SimulationError(`${file} cannot be read: ${(cause as Error).message}`, { cause });
  }
  throw new SimulationError(`${file} is no verdict; it is what headwater sim --share P/N --json prints`);
}
