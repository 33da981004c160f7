import { type Fleet, fleetOf } from "@headwater/device-sim";

/** Says of a device that it is one of the demo's, and may go with it. */
export const demoTag = { name: "demo", value: "headwater" } as const;

/** The demo ends by itself after a day: whoever forgets it does not fill a disk with it. */
export const demoHours = 24;

/** A plant of boilers and pumps: each boiler is too hot for a while every three minutes. */
export function demoFleet(): Fleet {
  const tags = (site: string) => ({ site, [demoTag.name]: demoTag.value });
  const boiler = {
    type: "boiler",
    rate: "1/s",
    // Nobody compares what it has sent with what is stored.
    identity: false as const,
    commands: { answer: "succeeded" as const, delay: "200ms..2s" },
    metrics: {
      temperature: { shape: "sine" as const, mean: 72, amplitude: 14, period: "3m", noise: 0.3, decimals: 1 },
      pressure: { shape: "walk" as const, start: 2.4, step: 0.02, min: 1.8, max: 3.2 },
      burner: { shape: "steps" as const, values: ["low", "high", "idle"], every: "30s" },
    },
  };
  const pump = {
    type: "pump",
    rate: "1/2s",
    identity: false as const,
    metrics: {
      flow: { shape: "walk" as const, start: 40, step: 0.6, min: 25, max: 55, decimals: 1 },
      vibration: { shape: "spikes" as const, base: 0.8, height: 3, every: "2m", for: "10s", noise: 0.05 },
    },
  };
  const spec = {
    name: "demo",
    duration: `${demoHours}h`,
    profiles: {
      "demo-boiler-north": { ...boiler, devices: 4, tags: tags("north") },
      "demo-boiler-south": { ...boiler, devices: 3, tags: tags("south") },
      "demo-pump": { ...pump, devices: 5, tags: tags("north") },
    },
  };
  return fleetOf(spec, ".");
}

/** The ids that the simulator gives to a fleet. */
export function demoDevices({ profiles }: Fleet): readonly string[] {
  return profiles.flatMap(({ name, devices }) => Array.from({ length: devices }, (_, i) => `${name}-${i + 1}`));
}

export const demoRule = {
  id: "demo-boiler-too-hot",
  name: "Demo: boiler too hot",
  labels: { [demoTag.name]: demoTag.value },
  selector: { types: ["boiler"], tags: { [demoTag.name]: demoTag.value } },
  condition: { metric: "temperature", above: { warning: 80, critical: 85 }, clearBelow: 75 },
  actions: [{ command: { name: "shut_valve", params: { valve: 1 }, ttl: "60s" } }],
} as const;
