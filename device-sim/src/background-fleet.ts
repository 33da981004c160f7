import type { ApiClient } from "@headwater/client";
import type { Fleet } from "./fleet/fleet.ts";
import { Load } from "./load/load.ts";
import { registered } from "./load/register.ts";
import type { Target } from "./mqtt/open-connection.ts";
import { devicesOf } from "./run-fleet.ts";

export interface BackgroundFleet {
  /** Resolves at the end of its schedule. Rejects if a thread of it fails, and when it is stopped. */
  readonly ended: Promise<void>;
  /** Its devices are gone at once, as if their power had failed. */
  stop(): Promise<void>;
}

interface BackgroundFleetOptions {
  readonly fleet: Fleet;
  readonly target: Target;
  readonly api: ApiClient;
  /** Ends the registering and the connecting. */
  readonly signal: AbortSignal;
}

/** How long the fleet may take to connect (ms). */
const connectMs = 10_000;

/**
 * Registers and connects a fleet and leaves it running: for whoever looks at the platform and wants no verdict.
 * @throws SimulationError if none of its devices can connect.
 */
export async function runInBackground(options: BackgroundFleetOptions): Promise<BackgroundFleet> {
  const { fleet, target, api, signal } = options;
  const named = devicesOf({ fleet, prefix: "", share: [1, 1] });
  const devices = await registered(api, named, fleet.profiles, signal);
  const load = new Load({
    ...{ fleet, target, devices, threads: 1, probes: 0, connectMs },
    onProgress: () => {},
    onProbe: () => {},
  });
  try {
    await load.connected(signal);
    load.begin(performance.timeOrigin + performance.now(), fleet.duration);
  } catch (error) {
    await load.close();
    throw error;
  }
  return { ended: load.done().then(() => {}), stop: () => load.close() };
}
