import { availableParallelism } from "node:os";
import type { ApiClient } from "@headwater/client";
import { sleep } from "@headwater/core";
import { SimulationError } from "./errors.ts";
import type { Fleet } from "./fleet/fleet.ts";
import type { Profile } from "./fleet/profile.ts";
import { measuredIds } from "./load/edge-node-load.ts";
import { Load } from "./load/load.ts";
import type { LoadDevice, LoadDone, LoadProgress } from "./load/worker-protocol.ts";
import type { Target } from "./mqtt/open-connection.ts";
import { formats, storedName } from "./payloads/formats.ts";
import { registered } from "./load/register.ts";
import { compare, type Comparison, sumOf } from "./verdict/compare.ts";
import { alertsWithin, awaitAlerts } from "./verdict/headwater-alerts.ts";
import { Probes } from "./verdict/probes.ts";
import { HeadwaterStore } from "./verdict/readers/headwater-store.ts";
import { HeadwaterStream } from "./verdict/readers/headwater-stream.ts";
import { type LogReader, type OnArrival, spansOf, type StoreReader } from "./verdict/readers/reader.ts";
import type { Results } from "./verdict/readers/results.ts";
import { verdictOf } from "./verdict/outcome.ts";
import { sentDevices, storedOutcome } from "./verdict/stored-outcome.ts";
import type { AlertCount, FleetVerdict } from "./verdict/verdict.ts";

export interface FleetRun {
  readonly fleet: Fleet;
  readonly target: Target;
  /** Where devices are registered and results are read; undefined: a foreign broker, of which acks alone are known. */
  readonly api: ApiClient | undefined;
  /** Before every device's id. */
  readonly prefix: string;
  /** Where results are read instead of from Headwater's API. */
  readonly results?: Results;
  /** This process's part of the fleet: `[1, 4]` is the first of four. */
  readonly share: readonly [part: number, parts: number];
  readonly threads: number | undefined;
  /** How long acks, the store and alerts may take behind the end (ms). */
  readonly settleMs: number;
  /** Devices that are looked up in the store meanwhile. */
  readonly probes: number;
  /** Ends the sending; the verdict is still given. */
  readonly signal: AbortSignal;
  /** Ends the waiting for acknowledgements, the store and alerts as well: the verdict is of what is known by then. */
  readonly hurry?: AbortSignal;
  /** `begun`: when the schedule begins, milliseconds since the epoch. */
  readonly onBegin?: (begun: number) => void;
  readonly onState: (state: string) => void;
  readonly onProgress: (progress: LoadProgress, elapsed: number) => void;
}

/** Devices of one thread, and messages a second of one, beyond which another thread takes part. */
const devicesAThread = 10_000;
const rateAThread = 25_000;
/** Messages a second up to which the live stream is followed. */
const followedRate = 2_000;

/** Readings up to which what they say is held against what is stored: each of them is kept and read back. */
const mostReadings = 1_000_000;

/** A verdict of nothing would say that nothing was lost. */
function interrupted(): SimulationError {
  return new SimulationError("interrupted before anything was sent: there is no verdict");
}

function withoutDevice({ fleet, share: [part, parts] }: FleetRun): SimulationError {
  const remedy = "run as many parts as it has devices at the most";
  return new SimulationError(`part ${part}/${parts} has no device, of ${fleet.devices} of the fleet; ${remedy}`);
}

/** Registers and connects a fleet, runs it on its schedule, and says what became of each message. */
export async function runFleet(run: FleetRun): Promise<FleetVerdict> {
  const { fleet, api, signal } = run;
  const named = devicesOf(run);
  if (named.length === 0) throw withoutDevice(run);
  run.onState(api === undefined ? "connecting" : `registering ${named.length} devices`);
  const devices = api === undefined ? named : await registered(api, named, fleet.profiles, signal);
  if (signal.aborted) throw interrupted();
  const metricOf = new Map(
    devices.flatMap(({ id, profile: at }) => {
      const profile = fleet.profiles[at]!;
      return measuredIds(id, profile).map((each) => [each, storedMetric(profile)] as const);
    }),
  );
  const identified = new Map(
    [...metricOf].flatMap(([id, metric]) => (metric === undefined ? [] : [[id, metric] as const])),
  );
  const clock = (): number => performance.timeOrigin + performance.now();
  const store = storeOf(run, identified);
  const probes = new Probes(store, clock);
  const log = logOf(run, identified, (device, seq, at) => probes.arrived(device, seq, at));
  let begun = Infinity;
  const load = new Load({
    fleet,
    target: run.target,
    devices,
    threads: run.threads ?? threadsFor(fleet),
    keepsReadings: store?.eachValue !== undefined && readingsOf(fleet) <= mostReadings,
    probes: store === undefined && log === undefined ? 0 : run.probes,
    connectMs: 30_000,
    onProbe: (device, seq, due) => probes.sent(device, seq, due),
    onProgress: (progress) => run.onProgress(progress, Math.max(0, clock() - begun)),
  });
  try {
    run.onState(`connecting ${devices.length} devices`);
    await load.connected(signal);
    if (signal.aborted) throw interrupted();
    await log?.start();
    begun = clock() + 50;
    probes.start(begun + fleet.load.warmUp);
    const beganAt = new Date(begun).toISOString();
    run.onState("running");
    load.begin(begun, fleet.duration);
    run.onBegin?.(begun);
    const done = await finished(load, run, begun);
    run.onState("comparing");
    const seconds = (clock() - begun) / 1_000;
    const outcome = await storedOutcome(store, sentDevices(fleet, done, identified, begun), run);
    await probes.stop();
    if (log !== undefined) await untilFollowed(() => loggedOf(log, done, identified), outcome.stored, log, run);
    await log?.stop();
    const alerts = await alertsOf(run, done, begun);
    return verdictOf(fleet, run.share, {
      done,
      beganAt,
      seconds,
      devices: devices.length,
      ...outcome,
      logged: log !== undefined && log.incomplete === undefined ? loggedOf(log, done, identified) : undefined,
      loggedUnknown:
        log === undefined ? `the live stream is followed up to ${followedRate} messages a second` : log.incomplete,
      probes,
      alerts,
    });
  } finally {
    await probes.stop();
    await log?.stop();
    await load.close();
  }
}

/** A run's devices by their names, without tokens yet. */
export function devicesOf({
  fleet,
  prefix,
  share: [part, parts],
}: Pick<FleetRun, "fleet" | "prefix" | "share">): LoadDevice[] {
  const all = fleet.profiles.flatMap(({ name, devices, format }, profile) => {
    const before = `${prefix}${formats[format].idBefore ?? ""}${name}`;
    return Array.from({ length: devices }, (_, i) => ({ id: `${before}-${i + 1}`, token: "", profile }));
  });
  return all.filter((_, i) => i % parts === part - 1);
}

/** What the store calls the metric that numbers messages; undefined: they have none, or are not to arrive. */
function storedMetric(profile: Profile): string | undefined {
  const { identity, hostile } = profile;
  return identity === undefined || hostile !== undefined ? undefined : storedName(profile.format, identity);
}

function totalRate(fleet: Fleet): number {
  return fleet.profiles.reduce((sum, { devices, rate }) => sum + devices * rate, 0);
}

/** Those of a whole run, about. */
function readingsOf({ profiles, duration }: Fleet): number {
  const rate = profiles.reduce((sum, each) => sum + each.devices * each.rate * each.metrics.length, 0);
  return (rate * duration) / 1_000;
}

function threadsFor(fleet: Fleet): number {
  const wanted = Math.max(fleet.devices / devicesAThread, totalRate(fleet) / rateAThread);
  return Math.max(1, Math.min(availableParallelism(), Math.ceil(wanted)));
}

/** Until everything that was sent is acknowledged, or `settleMs` behind the end. */
async function finished(
  load: Load,
  { fleet, settleMs, signal, hurry = new AbortController().signal }: FleetRun,
  begun: number,
): Promise<readonly LoadDone[]> {
  const done = load.done();
  const until = new AbortController();
  const over = done.then(
    () => until.abort(),
    () => until.abort(),
  );
  const stop = (): void => load.stop();
  signal.addEventListener("abort", stop, { once: true });
  if (signal.aborted) stop();
  const lead = begun - (performance.timeOrigin + performance.now());
  const waits = AbortSignal.any([until.signal, signal]);
  await sleep(Math.max(0, lead) + fleet.duration, waits).catch(() => undefined);
  await sleep(settleMs, AbortSignal.any([until.signal, hurry])).catch(() => undefined);
  load.finish();
  signal.removeEventListener("abort", stop);
  const all = await done;
  await over;
  return all;
}

function loggedOf(log: LogReader, done: readonly LoadDone[], metricOf: ReadonlyMap<string, string>): Comparison {
  const none = { seen: new Uint8Array(0), reordered: 0 };
  const compared = done
    .flatMap((each) => each.devices)
    .filter(({ id }) => metricOf.has(id))
    .map(({ id, sent }) => compare(id, sent, log.byDevice.get(id)?.arrivals(sent.times.length) ?? none));
  return sumOf(compared);
}

/** A live stream may tell of an event a moment after the store has it. Without a store it is waited for alone. */
async function untilFollowed(
  logged: () => Comparison,
  stored: Comparison | undefined,
  log: LogReader,
  { settleMs, hurry }: FleetRun,
): Promise<void> {
  const deadline = performance.now() + settleMs;
  const isBehind = (): boolean => {
    const { arrived, lost } = logged();
    return stored === undefined ? lost > 0 : arrived < stored.arrived + stored.overwritten;
  };
  while (log.incomplete === undefined && performance.now() < deadline && isBehind() && hurry?.aborted !== true)
    await sleep(100);
}

function storeOf({ api, results }: FleetRun, metricOf: ReadonlyMap<string, string>): StoreReader | undefined {
  if (results !== undefined) return results.store?.(metricOf);
  return api && new HeadwaterStore(api, metricOf);
}

function logOf(
  { api, fleet, results }: FleetRun,
  metricOf: ReadonlyMap<string, string>,
  onArrival: OnArrival,
): LogReader | undefined {
  if (results !== undefined) return results.log?.(metricOf, onArrival);
  return api === undefined || totalRate(fleet) > followedRate ? undefined : new HeadwaterStream(api, metricOf);
}

async function alertsOf(
  { api, fleet, settleMs, hurry }: FleetRun,
  done: readonly LoadDone[],
  since: number,
): Promise<AlertCount[]> {
  const devices = done.flatMap((each) => each.devices);
  const found: AlertCount[] = [];
  for (const [i, { rule, tolerance = 0 }] of (fleet.expect.alerts ?? []).entries()) {
    const expected = devices.reduce((sum, { alerts }) => sum + alerts[i]!, 0);
    // Asked anew with each question: what came last may be raised at the time of the answer.
    const spans = () => new Map(devices.map(({ id, sent }) => [id, spansOf({ sent, since })]));
    const raised = api && (await awaitAlerts(() => alertsWithin(api, rule, spans()), expected, settleMs, hurry));
    found.push({ rule, expected, raised: raised ?? null, tolerance });
  }
  return found;
}
