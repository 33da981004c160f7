import { StartError } from "./errors.ts";
import { exclusively } from "./exclusive.ts";
import { isFree } from "./free-port.ts";
import type { Progress } from "./install.ts";
import { influxHealthy, influxMarker, startInflux } from "./influx.ts";
import { INFLUXD_VERSION } from "./influx-install.ts";
import { kafkaMarker, startKafka } from "./kafka.ts";
import { KAFKA_VERSION } from "./kafka-install.ts";
import { kafkaAnswers } from "./kafka-readiness.ts";
import { endProcesses, isServerAlive } from "./server-process.ts";
import type { ServerKind, ServerSet, ServersState } from "./state.ts";

export async function start(set: ServerSet, kinds: readonly ServerKind[], progress: Progress): Promise<ServersState> {
  return inTurn(set, progress, async () => {
    for (const kind of kinds) {
      const state = await set.read();
      const health = await healthOf(set, state, kind);
      if (health === "hangs")
        throw new StartError(`${kind} (${set.name}) runs but does not answer; end it with \`stop ${kind}\``);
      if (health === "ready") {
        progress(`${kind}: already running`);
        continue;
      }
      progress(`${kind} ${kind === "kafka" ? KAFKA_VERSION : INFLUXD_VERSION}: starting`);
      const began = performance.now();
      // Written after each: what already runs stays known if the next one fails.
      await set.write({ ...state, ...(await starters[kind](set, state, progress)) });
      progress(`${kind}: ready after ${((performance.now() - began) / 1000).toFixed(1)} s`);
    }
    return set.read();
  });
}

const starters = {
  async kafka(set: ServerSet, state: ServersState, progress: Progress): Promise<ServersState> {
    // The ports of last time, if they are still free: settings that someone exported stay true.
    const ports = (await allFree(state.kafka?.ports)) ? state.kafka?.ports : undefined;
    const kafka = await startKafka({ dataDir: set.dataDir("kafka"), ports, keepRunning: true, progress });
    return { kafka: { pids: kafka.pids, ports: kafka.ports, brokers: kafka.brokers } };
  },

  async influx(set: ServerSet, state: ServersState, progress: Progress): Promise<ServersState> {
    const port = (await allFree(state.influx && [state.influx.port])) ? state.influx?.port : undefined;
    const influx = await startInflux({ dataDir: set.dataDir("influx"), port, keepRunning: true, progress });
    const { pid, url, org, bucket, token } = influx;
    return { influx: { pid, port: influx.port, url, org, bucket, token } };
  },
} as const;

export async function stop(
  set: ServerSet,
  kinds: readonly ServerKind[],
  wipe: boolean,
  progress: Progress,
): Promise<void> {
  await inTurn(set, progress, async () => {
    const state = await set.read();
    await Promise.all(
      kinds.map(async (kind) => {
        const running = pidsOf(state, kind).some((pid) => isServerAlive(pid, markerOf(set, kind)));
        await endProcesses(pidsOf(state, kind), markerOf(set, kind));
        if (wipe) await set.wipe(kind);
        progress(`${kind}: ${running ? "stopped" : "was not running"}${wipe ? ", its data deleted" : ""}`);
      }),
    );
    if (wipe) await set.write({ ...state, ...Object.fromEntries(kinds.map((kind) => [kind, undefined])) });
  });
}

export type Health = "ready" | "hangs" | "stopped";

export async function healthOf(set: ServerSet, state: ServersState, kind: ServerKind): Promise<Health> {
  const pids = pidsOf(state, kind);
  const marker = markerOf(set, kind);
  if (pids.length === 0 || !pids.every((pid) => isServerAlive(pid, marker))) return "stopped";
  // A server that a moment ago was asked for a lot may be slow once.
  for (let attempt = 0; attempt < 3; attempt++) {
    if (await answers(state, kind).catch(() => false)) return "ready";
  }
  return "hangs";
}

async function answers(state: ServersState, kind: ServerKind): Promise<boolean> {
  if (kind === "influx") return influxHealthy(state.influx?.url ?? "");
  const ports = state.kafka?.ports ?? [];
  return (await Promise.all(ports.map((port) => kafkaAnswers(port, ports.length)))).every(Boolean);
}

/** The settings by which Headwater finds the servers of this state. */
export function settingsOf(state: ServersState, kinds: readonly ServerKind[]): Record<string, string> {
  return {
    ...(state.kafka && kinds.includes("kafka") && { HEADWATER_KAFKA_BROKERS: state.kafka.brokers }),
    ...(state.influx &&
      kinds.includes("influx") && {
        HEADWATER_INFLUX_URL: state.influx.url,
        HEADWATER_INFLUX_ORG: state.influx.org,
        HEADWATER_INFLUX_BUCKET: state.influx.bucket,
        HEADWATER_INFLUX_TOKEN: state.influx.token,
      }),
  };
}

export function pidsOf(state: ServersState, kind: ServerKind): readonly number[] {
  if (kind === "kafka") return state.kafka?.pids ?? [];
  return state.influx ? [state.influx.pid] : [];
}

function markerOf(set: ServerSet, kind: ServerKind): string {
  return kind === "kafka" ? kafkaMarker(set.dataDir(kind)) : influxMarker(set.dataDir(kind));
}

async function allFree(ports: readonly number[] | undefined): Promise<boolean> {
  return ports !== undefined && (await Promise.all(ports.map(isFree))).every(Boolean);
}

function inTurn<T>(set: ServerSet, progress: Progress, work: () => Promise<T>): Promise<T> {
  return exclusively(
    set.lockFile,
    () => progress(`another command is at work on the servers "${set.name}"; waiting`),
    work,
  );
}
