import { sleep } from "@headwater/core";
import { NotServedError, type ApiClient, registerDevice } from "@headwater/client";
import { SimulatedDevice } from "./fleet/device.ts";
import { replay, type ReplayOptions } from "./fleet/replay.ts";
import type { Sample } from "./series/series.ts";
import { verifyStored, type StoredVerdict } from "./verdict/verify-stored.ts";

export interface SimulationOptions {
  readonly api: ApiClient;
  readonly mqttUrl: string;
  readonly devices: readonly { id: string; type: string; samples: readonly Sample[] }[];
  /** As CONNECT says it: 4 is 3.1.1. */
  readonly mqttVersion: 4 | 5;
  readonly metric: string;
  readonly speed: ReplayOptions["speed"];
  readonly signal?: AbortSignal;
  /** How long the pipeline may take to store the acked messages (milliseconds). */
  readonly settleMs: number;
  /** How long the devices stay connected for commands once everything is stored (milliseconds). */
  readonly lingerMs: number;
  onProgress?(sent: number, total: number): void;
}

export interface Verdict extends StoredVerdict {
  readonly devices: number;
  readonly sent: number;
  readonly acked: number;
  /** Raised since the run began; null if nobody known serves alerts. */
  readonly alerts: number | null;
  readonly commands: number;
  readonly reconnects: number;
  readonly seconds: number;
}

/** Registers the devices, replays their series, and compares the acked messages with the stored points. */
export async function simulate(options: SimulationOptions): Promise<Verdict> {
  const begun = performance.now();
  const { mqttUrl, mqttVersion } = options;
  const total = options.devices.reduce((sum, device) => sum + device.samples.length, 0);
  const fleet: SimulatedDevice[] = [];
  try {
    for (const { id, type } of options.devices) {
      const { token } = await registerDevice(options.api, { id, type });
      fleet.push(await SimulatedDevice.connect({ mqttUrl, mqttVersion, id, token }));
    }
    const before = await alertsOf(options.api, options.devices);
    const sent = () => fleet.reduce((sum, device) => sum + device.sent, 0);
    await Promise.all(
      options.devices.map(({ samples }, index) =>
        replay(fleet[index]!, samples, {
          metric: options.metric,
          speed: options.speed,
          ...(options.signal === undefined ? {} : { signal: options.signal }),
          onProgress: () => options.onProgress?.(sent(), total),
        }),
      ),
    );
    const stored: StoredVerdict[] = [];
    for (const [index, { id, samples }] of options.devices.entries()) {
      const acked = samples.slice(0, fleet[index]!.acked);
      stored.push(await verifyStored(options.api, id, options.metric, acked, options.settleMs));
    }
    // An interruption ends the waiting alone; the verdict is still given.
    await sleep(options.lingerMs, options.signal).catch(() => undefined);
    return {
      devices: fleet.length,
      sent: sent(),
      acked: fleet.reduce((sum, device) => sum + device.acked, 0),
      expected: sumOf(stored, "expected"),
      stored: sumOf(stored, "stored"),
      lost: sumOf(stored, "lost"),
      overwritten: sumOf(stored, "overwritten"),
      examples: stored.flatMap((verdict) => verdict.examples).slice(0, 10),
      alerts: await newAlerts(options.api, options.devices, before),
      commands: fleet.reduce((sum, device) => sum + device.executed.length, 0),
      reconnects: fleet.reduce((sum, device) => sum + device.reconnects, 0),
      seconds: (performance.now() - begun) / 1000,
    };
  } finally {
    await Promise.allSettled(fleet.map((device) => device.close()));
  }
}

function sumOf(verdicts: readonly StoredVerdict[], key: "expected" | "stored" | "lost" | "overwritten"): number {
  return verdicts.reduce((sum, verdict) => sum + verdict[key], 0);
}

/** How many alerts the devices have that they did not have before; null if that is unknown. */
async function newAlerts(
  api: ApiClient,
  devices: SimulationOptions["devices"],
  before: ReadonlySet<string> | undefined,
): Promise<number | null> {
  if (before === undefined) return null;
  const now = await alertsOf(api, devices);
  return now === undefined ? null : [...now].filter((id) => !before.has(id)).length;
}

/** The ids of the alerts that devices have; undefined if no service that is known serves alerts. */
async function alertsOf(api: ApiClient, devices: SimulationOptions["devices"]): Promise<Set<string> | undefined> {
  const ids = new Set<string>();
  try {
    for (const { id } of devices) {
      let cursor: string | undefined;
      do {
        const query = { device: id, limit: 1000, ...(cursor === undefined ? {} : { cursor }) };
        const page = await api.call("GET", "/api/v1/alerts", { query });
        for (const alert of page.items) ids.add(alert.id);
        cursor = page.next ?? undefined;
      } while (cursor !== undefined);
    }
  } catch (error) {
    // Whether anything was lost is told all the same.
    if (error instanceof NotServedError) return undefined;
    throw error;
  }
  return ids;
}
