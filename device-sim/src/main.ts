import { accessToken, nowMicros } from "@headwater/core";
import { createPlatformClient } from "@headwater/client";
import { parseCommandLine, type ReplayLine, usage } from "./command-line.ts";
import { SimulationError } from "./errors.ts";
import { publishedSchema } from "./fleet/published-schema.ts";
import { simulateFleet } from "./fleet-command.ts";
import { readCsvSeries } from "./series/csv.ts";
import { shiftToEnd, type Sample } from "./series/series.ts";
import { boilerSeries } from "./series/shapes.ts";
import { simulate, type Verdict } from "./simulation.ts";

export { mergeVerdicts } from "./merge-command.ts";
export { options } from "./command-line.ts";

/** Runs `headwater sim schema`; answers the exit code. @throws SimulationError for what it does not take. */
export function printSchema(args: readonly string[]): number {
  const [surplus] = args;
  if (surplus !== undefined && surplus !== "--help" && surplus !== "-h")
    throw new SimulationError(`headwater sim schema takes nothing, not ${surplus}`);
  console.log(
    surplus === undefined
      ? JSON.stringify(publishedSchema(), undefined, 2)
      : "headwater sim schema: the JSON Schema of a fleet's file, for editors and programs that write fleets",
  );
  return 0;
}

const secondMicros = 1_000_000;

export interface SimContext {
  /** Ends the sending; the verdict is still given. */
  readonly signal: AbortSignal;
  /** Ends the waiting as well; the verdict is of what is known by then. */
  readonly hurry?: AbortSignal | undefined;
  readonly env: NodeJS.ProcessEnv;
}

/**
 * Runs `headwater sim` and answers its exit code. Rejects with SimulationError, ConfigError, or an error of the API
 * client.
 */
export async function main(
  args: readonly string[],
  { signal, env, hurry = new AbortController().signal }: SimContext,
): Promise<number> {
  const line = parseCommandLine(args, env);
  if (line === "help") {
    console.log(usage);
    return 0;
  }
  if (line.kind === "fleet") return simulateFleet(line, { signal, hurry, env });
  const token = accessToken(line.tokenFile, env);
  const verdict = await run(line, token, signal);
  console.log(line.json ? JSON.stringify(verdict, undefined, 2) : describe(verdict));
  return verdict.lost === 0 && verdict.acked === verdict.sent ? 0 : 1;
}

async function run(line: ReplayLine, token: string, signal: AbortSignal): Promise<Verdict> {
  const samples = seriesOf(line);
  const progress = process.stderr.isTTY === true;
  let shown = 0;
  const verdict = await simulate({
    api: createPlatformClient({ url: line.url, rulesUrl: line.rulesUrl, token }),
    mqttUrl: line.mqtt,
    mqttVersion: line.mqttVersion === "3.1.1" ? 4 : 5,
    devices: Array.from({ length: line.devices }, (_, index) => ({
      id: line.devices === 1 ? line.id : `${line.id}-${index + 1}`,
      type: line.type,
      samples,
    })),
    metric: line.metric,
    speed: line.speed,
    signal,
    settleMs: line.settleMs,
    lingerMs: line.lingerMs,
    onProgress(sent, total) {
      if (!progress || (performance.now() - shown < 100 && sent < total)) return;
      shown = performance.now();
      process.stderr.write(`\r${sent} of ${total} sent ${"#".repeat(Math.round((30 * sent) / total)).padEnd(30, ".")}`);
    },
  });
  if (progress) process.stderr.write("\n");
  return verdict;
}

function seriesOf(line: ReplayLine): Sample[] {
  // Whole milliseconds, as a device's clock has them.
  const now = Math.floor(nowMicros() / 1000) * 1000;
  if (line.series === undefined) return boilerSeries(line.samples, now, secondMicros);
  return shiftToEnd(readCsvSeries(line.series), now).slice(-line.samples);
}

function describe(verdict: Verdict): string {
  const rate = Math.round(verdict.acked / Math.max(verdict.seconds, 0.001));
  const lines = [
    `devices      ${verdict.devices}`,
    `sent         ${verdict.sent}`,
    `acked        ${verdict.acked}   (${rate}/s over the whole run)`,
    `stored       ${verdict.stored} of ${verdict.expected} expected`,
    `overwritten  ${verdict.overwritten}   (a later value at the same time)`,
    `alerts       ${verdict.alerts ?? "unknown: no rules service is known; name it with --rules-url"}`,
    `commands     ${verdict.commands} executed and answered`,
    `reconnects   ${verdict.reconnects}`,
    `lost         ${verdict.lost}`,
  ];
  for (const { time, expected, found } of verdict.examples) {
    lines.push(`  ${time}: expected ${expected}, found ${found ?? "nothing"}`);
  }
  return lines.join("\n");
}
