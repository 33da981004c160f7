import { Type } from "@sinclair/typebox";
import { parseDuration, uuidv5 } from "@headwater/core";
import { canonicalJson } from "../language/canonical.ts";
import { checkDuration, durationSchema } from "../language/duration-schema.ts";
import { pointerTo, type Problems } from "../language/problems.ts";

/** What groups are told apart by: of the alert, of its rule, or of its device. */
const plain = ["rule", "device", "type", "severity"] as const;
const namePattern = `^(?:${plain.join("|")}|labels\\.[A-Za-z0-9_.-]{1,63}|(?:tags|attributes)\\.[^]{1,200})$`;

const nameDescription = "rule, device, type, severity, tags.NAME, attributes.NAME or labels.NAME";

export const groupingSchemas = {
  groupBy: Type.Optional(
    Type.Array(Type.String({ pattern: namePattern, maxLength: 220, description: nameDescription }), {
      maxItems: 8,
      uniqueItems: true,
      description:
        "One message tells many alerts: those for which the values of all these are the same. " +
        `${nameDescription}; an empty list: all that this action tells.`,
    }),
  ),
  groupWait: Type.Optional(
    durationSchema("How long the first of a group waits for others. Default: 30s; at most 1h. With groupBy."),
  ),
  groupInterval: Type.Optional(
    durationSchema("The least time between two messages of a group. Default: 5m; at most 1d. With groupBy."),
  ),
};

export interface GroupingDefinition {
  readonly groupBy?: readonly string[];
  readonly groupWait?: string;
  readonly groupInterval?: string;
}

/** How an action gathers what it tells; times are microseconds on the log's clock. */
export interface Grouping {
  readonly by: readonly string[];
  readonly wait: number;
  readonly interval: number;
}

const waitBounds = { least: 0, most: 3_600_000_000 };
const intervalBounds = { least: 0, most: 86_400_000_000 };

interface Around {
  /** Whether this kind of action can be grouped. */
  readonly isDelivered: boolean;
  readonly repeat: string | undefined;
  readonly deadline: string | undefined;
}

export function checkGrouping(definition: GroupingDefinition, around: Around, at: string, to: Problems): void {
  const { groupBy, groupWait, groupInterval } = definition;
  checkDuration(groupWait, pointerTo(at, "groupWait"), waitBounds, to);
  checkDuration(groupInterval, pointerTo(at, "groupInterval"), intervalBounds, to);
  if (groupBy === undefined) {
    for (const [name, value] of Object.entries({ groupWait, groupInterval })) {
      if (value !== undefined) to.add(pointerTo(at, name), "is for what is grouped; add groupBy, or remove this");
    }
    return;
  }
  if (!around.isDelivered) {
    to.add(pointerTo(at, "groupBy"), "is for what tells somebody (webhook, email); remove it");
    return;
  }
  if (!to.none) return;
  const { wait, interval } = normaliseGrouping(definition)!;
  const { repeat, deadline } = around;
  if (repeat !== undefined && parseDuration(repeat) < interval) {
    to.add(pointerTo(at, "repeat"), "is shorter than groupInterval, within which a group is told once; make it longer");
  }
  if (deadline !== undefined && parseDuration(deadline) <= wait + interval) {
    to.add(at, "gives up before its group is due; make its deadline longer than groupWait and groupInterval together");
  }
}

export function normaliseGrouping(definition: GroupingDefinition): Grouping | undefined {
  const { groupBy, groupWait = "30s", groupInterval = "5m" } = definition;
  if (groupBy === undefined) return undefined;
  return { by: groupBy.toSorted(), wait: parseDuration(groupWait), interval: parseDuration(groupInterval) };
}

/** Of the names that actions are grouped by those that a device has values of. */
export function groupedByDevice(actions: readonly { readonly group?: Grouping }[]): readonly string[] {
  const names = actions.flatMap(({ group }) => group?.by ?? []);
  return [...new Set(names.filter((name) => name === "type" || /^(?:tags|attributes)\./.test(name)))];
}

interface DeviceValues {
  readonly type: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly attributes: Readonly<Record<string, number | boolean | string>>;
}

/** Longest value by which a group is told apart, in characters. */
const longestValue = 200;

/** What a device has of those names; nothing of one that it has not, or that nobody registered. */
export function deviceValues(names: readonly string[], device: DeviceValues | undefined): Record<string, string> {
  const values: Record<string, string> = {};
  if (device === undefined) return values;
  for (const name of names) {
    const [, from, key = ""] = /^(tags|attributes)\.([^]+)$/.exec(name) ?? [];
    const fields = from === undefined ? { [name]: device.type } : device[from as "tags" | "attributes"];
    const field = from === undefined ? name : key;
    if (Object.hasOwn(fields, field)) values[name] = String(fields[field]).slice(0, longestValue).toWellFormed();
  }
  return values;
}

interface Member {
  readonly rule: string;
  readonly device: string;
  readonly severity: string;
  readonly labels: Readonly<Record<string, string>>;
  /** As `deviceValues` gave them. */
  readonly ofDevice: Readonly<Record<string, string>>;
}

/** The values of an alert by which it is grouped; "" of what it has not. */
export function groupValues({ by }: Grouping, member: Member): Record<string, string> {
  const { labels, ofDevice, ...own } = member;
  return Object.fromEntries(
    by.map((name) => {
      if (Object.hasOwn(own, name)) return [name, own[name as keyof typeof own]];
      const label = name.startsWith("labels.") ? name.slice("labels.".length) : undefined;
      const from = label === undefined ? ofDevice : labels;
      const key = label ?? name;
      return [name, Object.hasOwn(from, key) ? from[key]!.slice(0, longestValue).toWellFormed() : ""];
    }),
  );
}

/** The name space of the keys of groups; never changes. */
const namespace = "8e1f6f0b-4b0a-5b43-9a56-0c1f7e6d2a91";

/**
 * One name for all that is told together: the same to the same place for the same values, whatever rule and whichever
 * of `on` it answers.
 */
export function groupKeyOf(action: object, by: Readonly<Record<string, string>>): string {
  const told = { ...action, on: undefined, repeat: undefined, repeatAcknowledged: undefined };
  return uuidv5(canonicalJson({ action: told, by }), namespace);
}
