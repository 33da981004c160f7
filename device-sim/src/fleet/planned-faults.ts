import type { FaultSpec } from "./fault-schema.ts";

/** Times in milliseconds since the schedule began. */
interface Planned {
  readonly at: number;
  readonly for: number;
  /** The process or the hop. */
  readonly name: string;
  /** For a person. */
  readonly text: string;
}

export type PlannedFault =
  | (Planned & { readonly kind: "process"; readonly do: "kill" | "stop" | "restart" })
  | (Planned & { readonly kind: "hop"; readonly do: "cut" | "black-hole" })
  | (Planned & { readonly kind: "hop"; readonly do: "delay"; readonly by: number })
  | (Planned & { readonly kind: "hop"; readonly do: "throttle"; readonly bytesPerSecond: number })
  | (Planned & { readonly kind: "hop"; readonly do: "flip"; readonly bits: number });

export interface FaultParts {
  /** Throws for a text that is no length of time. */
  millis(text: string, path: string): number;
  /** Of the fleet: milliseconds. */
  readonly duration: number;
  fail(path: string, message: string): never;
  readonly processes: readonly string[];
  readonly hops: readonly string[];
}

const ofProcesses = ["kill", "stop", "restart"] as const;
/** What says how much of it, by what is done. */
const measures = { delay: "by", throttle: "bytesPerSecond", flip: "bits" } as const;

export function plannedFaults(specs: readonly FaultSpec[], parts: FaultParts): readonly PlannedFault[] {
  return specs.map((spec, i) => plannedFault(spec, `/faults/${i}`, parts));
}

function plannedFault(spec: FaultSpec, path: string, parts: FaultParts): PlannedFault {
  const isOfProcess = (ofProcesses as readonly string[]).includes(spec.do);
  const kind = isOfProcess ? "process" : "hop";
  const name = spec[kind];
  const known = isOfProcess ? parts.processes : parts.hops;
  if (name === undefined || spec[isOfProcess ? "hop" : "process"] !== undefined) {
    parts.fail(path, `${spec.do} is done to a ${kind}; name it as \`${kind}\`, and nothing else`);
  }
  if (!known.includes(name)) {
    const all = known.length === 0 ? "none is" : `known are ${known.join(", ")}`;
    parts.fail(`${path}/${kind}`, `there is no ${kind} ${JSON.stringify(name)}; ${all}`);
  }
  for (const [what, member] of Object.entries(measures)) {
    const isNeeded = spec.do === what;
    if (isNeeded !== (spec[member] !== undefined)) {
      const text = isNeeded ? `${what} needs \`${member}\`` : `\`${member}\` is of ${what}, not of ${spec.do}`;
      parts.fail(isNeeded ? path : `${path}/${member}`, text);
    }
  }
  const needsFor = ["stop", "delay", "black-hole", "throttle"].includes(spec.do);
  if (needsFor && spec.for === undefined) parts.fail(path, `${spec.do} needs \`for\`: how long`);
  const lasts = spec.for === undefined ? "" : ` for ${spec.for}`;
  const how = [spec.by, spec.bytesPerSecond && `${spec.bytesPerSecond} B/s`, spec.bits && `${spec.bits} bits`];
  const measure = how.filter((each) => each !== undefined).map((each) => ` ${each}`);
  const at = parts.millis(spec.at, `${path}/at`);
  if (at >= parts.duration) {
    parts.fail(`${path}/at`, `${spec.at} lies behind the end of the fleet; raise \`duration\`, or inject it earlier`);
  }
  return {
    at,
    for: spec.for === undefined ? 0 : parts.millis(spec.for, `${path}/for`),
    text: `${name}: ${spec.do}${measure.join("")}${lasts}`,
    ...{ kind, name, do: spec.do },
    ...(spec.by !== undefined && { by: parts.millis(spec.by, `${path}/by`) }),
    ...(spec.bytesPerSecond !== undefined && { bytesPerSecond: spec.bytesPerSecond }),
    ...(spec.bits !== undefined && { bits: spec.bits }),
  } as PlannedFault;
}
