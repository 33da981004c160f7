import type { Profile } from "../fleet/profile.ts";
import { Random } from "../signals/random.ts";

/** Milliseconds since the fleet began. */
export interface Outage {
  readonly from: number;
  readonly to: number;
}

/**
 * When a site of a profile fails, and its devices with it: drawn by the site alone, so that devices of any thread and
 * process agree. Sites are as large as each other, and have neighbours in the order of the devices' numbers.
 */
export function* siteOutages(seed: number, profile: Profile, device: string): Generator<Outage, never> {
  const { sites, every, for: length } = profile.connection.outages!;
  const number = Number(device.slice(device.lastIndexOf("-") + 1));
  const site = Math.floor(((number - 1) * sites) / profile.devices);
  const random = new Random(seed, "outages", profile.name, site);
  for (let from = random.within(every); ;) {
    const to = from + random.within(length);
    yield { from, to };
    from = to + random.within(every);
  }
}
