import { readFileSync, writeFileSync } from "node:fs";
import { createPlatformClient } from "@headwater/client";
import { accessToken } from "@headwater/core";
import type { FleetLine } from "./command-line.ts";
import { SimulationError } from "./errors.ts";
import type { Fleet } from "./fleet/fleet.ts";
import { Scenario } from "./faults/scenario.ts";
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
  const report = line.report;
  const [ca, certificate, key] = [pem(line.ca, "--ca"), pem(line.certificate, "--cert"), pem(line.key, "--key")];
  const results = line.results.length === 0 ? undefined : resultsOf(line.results, env);
  const scenario = await Scenario.of(fleet);
  try {
    const { target: own = {} } = fleet.spec;
    const mqtt = line.mqtt ?? scenario.within(own.mqtt ?? "mqtt://127.0.0.1:1883");
    const target = { url: mqtt, ca, certificate, key };
    opener(target);
    if (report !== undefined) write(report, "");
    await scenario.start(mqtt, signal);
    const tokenFile = line.tokenFile ?? (own.tokenFile && scenario.within(own.tokenFile));
    const url = line.url ?? scenario.within(own.url ?? "http://127.0.0.1:8080");
    const api = line.acksOnly
      ? undefined
      : createPlatformClient({ url, rulesUrl: line.rulesUrl, token: accessToken(tokenFile, env) });
    const progress = new Progress(process.stderr, fleet.duration);
    const timeline = new Timeline();
    const run = await runFleet({
      fleet,
      target: { ...target, url: scenario.mqttUrl(mqtt) },
      api,
      ...(results !== undefined && { results }),
      prefix: line.prefix,
      share: line.share,
      threads: line.threads,
      settleMs: line.settleMs,
      probes: probedDevices,
      signal,
      hurry,
      onBegin: (begun) => scenario.inject(begun, fleet.faults),
      onState: (state) => progress.state(state),
      onProgress(state, elapsed) {
        progress.show(state, elapsed);
        timeline.take(state, elapsed);
      },
    });
    progress.close();
    const expectations = [...run.expectations, ...(await scenario.outcome())];
    const holds = expectations.every((each) => each.holds);
    const verdict = { ...run, ...(fleet.faults.length > 0 && { faults: scenario.injected }), expectations, holds };
    if (report !== undefined) write(report, htmlReport(verdict, timeline.moments));
    console.log(line.json ? JSON.stringify(verdict, undefined, 2) : describeVerdict(verdict));
    return verdict.holds ? 0 : 1;
  } finally {
    await scenario.end();
  }
}

function fleetOf(line: FleetLine): Fleet {
  if (line.file === undefined) return fleetOfOptions(line);
  const { duration, seed, rate, mqttVersion } = line;
  const fleet = readFleet(line.file);
  const changes = { duration, seed, rate, mqttVersion };
  return Object.values(changes).every((change) => change === undefined) ? fleet : changedFleet(fleet, changes);
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
