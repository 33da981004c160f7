import { readFileSync, writeFileSync } from "node:fs";
import { createPlatformClient } from "@headwater/client";
import { accessToken } from "@headwater/core";
import type { FleetLine } from "./command-line.ts";
import { SimulationError } from "./errors.ts";
import type { Fleet } from "./fleet/fleet.ts";
import { changedFleet, fleetOfOptions } from "./fleet/fleet-of-options.ts";
import { readFleet } from "./fleet/read-fleet.ts";
import { opener } from "./mqtt/open-connection.ts";
import { describeVerdict } from "./report/describe.ts";
import { htmlReport } from "./report/html.ts";
import { Progress } from "./report/progress.ts";
import { Timeline } from "./report/timeline.ts";
import { runFleet } from "./run-fleet.ts";
import { resultsOf } from "./verdict/readers/results.ts";

export interface FleetContext {
  readonly signal: AbortSignal;
  readonly hurry: AbortSignal;
  readonly env: NodeJS.ProcessEnv;
}

const probedDevices = 10;

/** Runs a fleet; answers the exit code. What can be wrong with it is found before it begins. */
export async function simulateFleet(line: FleetLine, { signal, hurry, env }: FleetContext): Promise<number> {
  const fleet = fleetOf(line);
  const target = {
    url: line.mqtt,
    ca: pem(line.ca, "--ca"),
    certificate: pem(line.certificate, "--cert"),
    key: pem(line.key, "--key"),
  };
  opener(target);
  const report = line.report;
  if (report !== undefined) write(report, "");
  const api = line.acksOnly
    ? undefined
    : createPlatformClient({ url: line.url, rulesUrl: line.rulesUrl, token: accessToken(line.tokenFile, env) });
  const results = line.results.length === 0 ? undefined : resultsOf(line.results, env);
  const progress = new Progress(process.stderr, fleet.duration);
  const timeline = new Timeline();
  const verdict = await runFleet({
    fleet,
    target,
    api,
    ...(results !== undefined && { results }),
    prefix: line.prefix,
    share: line.share,
    threads: line.threads,
    settleMs: line.settleMs,
    probes: probedDevices,
    signal,
    hurry,
    onState: (state) => progress.state(state),
    onProgress(state, elapsed) {
      progress.show(state, elapsed);
      timeline.take(state, elapsed);
    },
  });
  progress.close();
  if (report !== undefined) write(report, htmlReport(verdict, timeline.moments));
  console.log(line.json ? JSON.stringify(verdict, undefined, 2) : describeVerdict(verdict));
  return verdict.holds ? 0 : 1;
}

function fleetOf(line: FleetLine): Fleet {
  if (line.file === undefined) return fleetOfOptions(line);
  const { duration, seed, rate } = line;
  const fleet = readFleet(line.file);
  return duration === undefined && seed === undefined && rate === undefined
    ? fleet
    : changedFleet(fleet, { duration, seed, rate });
}

function pem(file: string | undefined, option: string): string | undefined {
  if (file === undefined) return undefined;
  try {
    return readFileSync(file, "utf8");
  } catch (cause) {
    throw new SimulationError(`${option}: ${file} cannot be read: ${(cause as Error).message}`, { cause });
  }
}

function write(file: string, text: string): void {
  try {
    writeFileSync(file, text);
  } catch (cause) {
    throw new SimulationError(`--report: ${file} cannot be written: ${(cause as Error).message}`, { cause });
  }
}
