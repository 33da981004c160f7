import { type Fleet, fleetOf, type FleetSpec, type FleetVerdict, runFleet } from "@headwater/device-sim";
import { openEmbedded } from "../platform/embedded.ts";
import type { Platform } from "../platform/platform.ts";

/** For the formats of others. */
const routes = [
  ...["tasmota", "zigbee2mqtt", "the-things-stack", "chirpstack", "shelly"].map((profile) => ({ profile })),
  { profile: "home-assistant", device: "{entity}" },
];

/** A platform that knows the topics of every format a fleet can speak. */
export function openFleetPlatform(): Promise<Platform> {
  return openEmbedded({ settings: { HEADWATER_ROUTES: JSON.stringify(routes) } });
}

export type RunFleet = ReturnType<typeof fleetRunner>;

/** Each run has devices of its own, so that several go on at a time. */
export function fleetRunner(platform: Platform) {
  let runs = 0;
  return function run(
    spec: FleetSpec,
    {
      url = platform.mqttUrl(),
      signal = new AbortController().signal,
      settleMs = 120_000,
      threads = 1,
      onAcked = (_acked: number) => {},
      share = [1, 1] as readonly [number, number],
      prefix = `run-${++runs}-`,
      hurry = new AbortController().signal,
    } = {},
  ): Promise<FleetVerdict> {
    return runFleet({
      fleet: fleet(spec),
      target: { url },
      api: platform.ingest,
      prefix,
      share,
      hurry,
      threads,
      settleMs,
      probes: 5,
      signal,
      onState: () => undefined,
      onProgress({ counts: { acked } }) {
        if (acked > 0) onAcked(acked);
      },
    });
  };
}

export function fleet(spec: FleetSpec): Fleet {
  return fleetOf(spec, import.meta.dirname);
}
