import { type PlannedFault, plannedFaults } from "./planned-faults.ts";
import type { ExpectSpec, FleetSpec, ProfileSpec, ThresholdSpec } from "./fleet-schema.ts";
import { FleetFault } from "./fleet-fault.ts";
import { type Profile, Reading } from "./profile.ts";

export interface Fleet {
  readonly name: string;
  readonly seed: number;
  readonly duration: number;
  readonly load: {
    readonly ramp: number;
    /** Latencies of messages that were due earlier are not counted. */
    readonly warmUp: number;
    readonly bursts: { readonly every: number; readonly for: number; readonly times: number } | undefined;
    /** Connects a second. */
    readonly connects: number;
    readonly storms: { readonly every: number; readonly share: number } | undefined;
  };
  readonly profiles: readonly Profile[];
  readonly devices: number;
  readonly expect: ExpectSpec;
  readonly faults: readonly PlannedFault[];
  /** As it was written, for the threads of the load, which make their own signals of it. */
  readonly spec: FleetSpec;
  readonly folder: string;
}

/**
 * A fleet of what its schema allows. `folder`: where its recorded series lie.
 * @throws FleetFault for what does not fit together; SimulationError for a series that cannot be read.
 */
export function fleetOf(spec: FleetSpec, folder: string): Fleet {
  const read = new Reading(folder);
  const entries = Object.entries(spec.profiles);
  const counts = countsOf(spec, entries, read);
  const devices = counts.reduce((sum, count) => sum + count, 0);
  const whole = spec.load?.rate === undefined ? undefined : read.rate(spec.load.rate, "/load/rate");
  const profiles = entries.map(([name, profile], i) => {
    const path = `/profiles/${name}`;
    const own = profile.rate === undefined ? undefined : read.rate(profile.rate, `${path}/rate`);
    return read.profile(name, profile, counts[i]!, own ?? (whole === undefined ? 1 : whole / devices));
  });
  const { load = {} } = spec;
  if (load.bursts !== undefined) read.checkCycle(load.bursts.every, load.bursts.for, "/load/bursts/for");
  checkRate(profiles, load.bursts?.times);
  checkExpect(spec, read);
  const duration = spec.duration === undefined ? 60_000 : read.millis(spec.duration, "/duration");
  if (duration > mostDuration)
    throw new FleetFault("/duration", `${spec.duration!} is longer than 24d, the most that a fleet runs; shorten it`);
  const warmUp = load.warmUp === undefined ? 0 : read.millis(load.warmUp, "/load/warmUp");
  if (warmUp >= duration)
    throw new FleetFault("/load/warmUp", "lasts as long as the whole fleet, and no latency would count; shorten it");
  return {
    name: spec.name ?? "fleet",
    seed: spec.seed ?? 1,
    duration,
    load: {
      ramp: load.ramp === undefined ? 0 : read.millis(load.ramp, "/load/ramp"),
      warmUp,
      bursts: load.bursts && {
        every: read.millis(load.bursts.every, "/load/bursts/every"),
        for: read.millis(load.bursts.for, "/load/bursts/for"),
        times: load.bursts.times,
      },
      connects: load.connects === undefined ? 1_000 : read.rate(load.connects, "/load/connects"),
      storms: load.storms && {
        every: read.millis(load.storms.every, "/load/storms/every"),
        share: read.share(load.storms.share, "/load/storms/share"),
      },
    },
    profiles,
    devices,
    expect: spec.expect ?? {},
    faults: plannedFaults(spec.faults ?? [], {
      duration,
      millis: (text, path) => read.millis(text, path),
      fail(path, message) {
        throw new FleetFault(path, message);
      },
      processes: Object.keys(spec.processes ?? {}),
      hops: Object.keys(spec.hops ?? {}),
    }),
    spec,
    folder,
  };
}

/** Of one fleet; its parts may run as several processes. */
const mostDevices = 1_000_000;
/** Milliseconds; a timer of Node's that is longer is over at once. */
const mostDuration = 24 * 86_400_000;
/** Messages a second; beyond this the schedule itself would be all that is done. */
const mostRate = 10_000_000;

function countsOf(spec: FleetSpec, entries: readonly (readonly [string, ProfileSpec])[], read: Reading): number[] {
  const shares = entries.map(([name, { share }]) =>
    share === undefined ? undefined : read.share(share, `/profiles/${name}/share`),
  );
  const counts = entries.map(([name, { devices }], i) => {
    if (devices !== undefined && shares[i] !== undefined) {
      throw new FleetFault(`/profiles/${name}/share`, "`devices` and `share` exclude each other; leave one out");
    }
    if (devices !== undefined) return devices;
    if (spec.devices === undefined && (shares[i] !== undefined || entries.length > 1)) {
      throw new FleetFault(
        `/profiles/${name}`,
        "needs `devices`, or the fleet needs `devices` that its profiles share",
      );
    }
    return Math.round((spec.devices ?? 1) * (shares[i] ?? 1 / entries.length));
  });
  const sum = shares.reduce<number>((all, share) => all + (share ?? 0), 0);
  if (sum > 1.000_001)
    throw new FleetFault("/profiles", `the shares add up to ${Math.round(sum * 100)} %, more than all`);
  const all = counts.reduce((before, count) => before + count, 0);
  if (all > mostDevices)
    throw new FleetFault("/profiles", `the profiles have ${all} devices together; ${mostDevices} are the most`);
  if (counts.every((count) => count === 0))
    throw new FleetFault("/profiles", "no profile has a device; raise `devices`");
  return counts;
}

function checkRate(profiles: readonly Profile[], bursts = 1): void {
  const rate = profiles.reduce((sum, each) => sum + each.devices * each.rate, 0) * Math.max(1, bursts);
  if (rate <= mostRate) return;
  const found = `${Math.round(rate)} messages a second fall due at the most`;
  throw new FleetFault("/profiles", `${found}; ${mostRate} can. Lower \`rate\`, \`devices\` or \`bursts.times\``);
}

function checkExpect({ expect = {}, profiles }: FleetSpec, read: Reading): void {
  for (const [name, text] of Object.entries(expect.p99 ?? {})) read.millis(text, `/expect/p99/${name}`);
  if (expect.sentAtLeast !== undefined) read.share(expect.sentAtLeast, "/expect/sentAtLeast");
  if (expect.commandsAnswered !== undefined) read.share(expect.commandsAnswered, "/expect/commandsAnswered");
  for (const [i, alert] of (expect.alerts ?? []).entries()) checkThreshold(alert, `/expect/alerts/${i}`, profiles);
  for (const [i, command] of (expect.commands ?? []).entries())
    checkThreshold(command, `/expect/commands/${i}`, profiles);
  if (expect.p99?.command !== undefined && expect.commands === undefined) {
    const remedy = "say by `expect.commands` which commands which values call for";
    throw new FleetFault("/expect/p99/command", `nobody knows which message a command answers; ${remedy}`);
  }
}

function checkThreshold(threshold: ThresholdSpec, path: string, profiles: FleetSpec["profiles"]): void {
  const { metric, above, below } = threshold;
  if ((above === undefined) === (below === undefined))
    throw new FleetFault(path, "needs `above` or `below`, one of them");
  checkClearing(threshold, path);
  if (!Object.values(profiles).some(({ metrics }) => metrics !== undefined && Object.hasOwn(metrics, metric))) {
    throw new FleetFault(`${path}/metric`, `no profile has the metric ${JSON.stringify(metric)}`);
  }
}

/** What clears has to lie on the other side of what raises. */
function checkClearing({ above, below, clearBelow, clearAbove }: ThresholdSpec, path: string): void {
  if (clearBelow !== undefined && (above === undefined || clearBelow > above))
    throw new FleetFault(`${path}/clearBelow`, "belongs to `above` and is not greater than it");
  if (clearAbove !== undefined && (below === undefined || clearAbove < below))
    throw new FleetFault(`${path}/clearAbove`, "belongs to `below` and is not less than it");
}
