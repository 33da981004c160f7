import type { Fleet } from "../fleet/fleet.ts";

const leastFactor = 0.01;

/** How many times its usual rate a fleet sends at: it rises over the ramp, and in bursts it is multiplied. */
export function loadFactor({ ramp, bursts }: Fleet["load"], elapsed: number): number {
  const risen = ramp === 0 ? 1 : Math.min(1, Math.max(leastFactor, elapsed / ramp));
  const burst = bursts !== undefined && elapsed % bursts.every < bursts.for ? bursts.times : 1;
  return risen * burst;
}
