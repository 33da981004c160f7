import { Type } from "@sinclair/typebox";
import { nowMicros, parseTimeRef, RequestError } from "@headwater/core";
import { timeReference } from "@headwater/service";
import { deviceGroupName } from "@headwater/aggregates";
import type { DatabaseSync } from "node:sqlite";
import { accessState } from "../access/access-model.ts";
import type { DeviceFilter, Fact } from "./device-list.ts";

function facts(description: string) {
  const fact = Type.String({ maxLength: 400, documented: { pattern: "^[^:]+:[\\s\\S]+$" } });
  return Type.Optional(Type.Array(fact, { maxItems: 8, description, verbatim: true }));
}

function time(description: string) {
  return Type.Optional(Type.String({ maxLength: 60, description, ...timeReference }));
}

/** What a device group saves. */
export const savedFilter = {
  type: Type.Optional(Type.String({ maxLength: 64 })),
  tag: facts("`name:value`; all of several"),
  attribute: facts("`name:value`, as text; all of several"),
  q: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 200,
      description: "Text in the id, the type, a tag or an attribute, in upper or lower case",
    }),
  ),
  connected: Type.Optional(Type.Boolean({ description: "Whether it has an MQTT session" })),
  lastSeenAfter: time("Seen at this time or later: ISO 8601, or relative like -1h"),
  lastSeenBefore: time("Not seen since this time: ISO 8601, or relative like -1d; also what was never seen"),
  registered: Type.Optional(
    Type.Union([Type.Literal("true"), Type.Literal("false"), Type.Literal("any")], {
      description: "`true` (the default); `false`: what has sent telemetry and is not registered; `any`: both",
    }),
  ),
};

/** Which devices are meant: parameters of everything that is about several. */
export const deviceFilterQuery = {
  ...savedFilter,
  group: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 64,
      description: "Devices of this group; other parameters choose among them",
    }),
  ),
};

export interface FilterText {
  readonly type?: string;
  readonly tag?: string[];
  readonly attribute?: string[];
  readonly q?: string;
  readonly connected?: boolean;
  readonly lastSeenAfter?: string;
  readonly lastSeenBefore?: string;
  readonly registered?: "true" | "false" | "any";
}

export interface GroupFilterText extends FilterText {
  readonly group?: string;
}

/**
 * The filter of a query with that of the group that it names: a device has to fit both. Throws RequestError (400) if
 * there is no such group, or if both say something of which only one can hold.
 */
export function withGroup(db: DatabaseSync, query: GroupFilterText): FilterText {
  const { group, ...own } = query;
  if (group === undefined) return own;
  const saved = accessState(db, deviceGroupName(group))?.group;
  const name = JSON.stringify(group);
  if (saved === undefined) throw new RequestError(400, "unknown-device-group", `There is no device group ${name}`);
  const { tag = [], attribute = [], ...ofGroup } = JSON.parse(saved.filter) as FilterText;
  const both = Object.keys(ofGroup).find((key) => own[key as keyof FilterText] !== undefined);
  if (both !== undefined) {
    const text = `The device group ${name} has a filter by ${both} of its own; leave ${both} out`;
    throw new RequestError(400, "filter-of-group", text);
  }
  const facts = { tag: [...tag, ...(own.tag ?? [])], attribute: [...attribute, ...(own.attribute ?? [])] };
  return { ...ofGroup, ...own, ...facts };
}

/** Throws RequestError for what cannot be meant. */
export function readFilter(query: FilterText): DeviceFilter {
  const { tag = [], attribute = [], registered = "true" } = query;
  if (registered === "false" && (query.type !== undefined || tag.length > 0 || attribute.length > 0)) {
    const detail = "What is not registered has no type, tags or attributes; leave `type`, `tag` and `attribute` out";
    throw new RequestError(400, "unregistered-filter", detail);
  }
  const now = nowMicros();
  const at = (text: string | undefined): number | undefined =>
    text === undefined ? undefined : parseTimeRef(text, now);
  return {
    type: query.type,
    tags: tag.map((each) => parseFact("tag", each)),
    attributes: attribute.map((each) => parseFact("attribute", each)),
    text: query.q,
    connected: query.connected,
    seenAfter: at(query.lastSeenAfter),
    seenBefore: at(query.lastSeenBefore),
    registered: registered === "any" ? "any" : registered === "true",
  };
}

function parseFact(what: "tag" | "attribute", text: string): Fact {
  // Names may contain a colon, as values may; the first one that is not the last sign parts them.
  const at = text.indexOf(":");
  if (at <= 0 || at === text.length - 1) {
    const written = JSON.stringify(text);
    throw what === "tag"
      ? new RequestError(400, "invalid-tag", `${written} is no tag; write it like site:north`)
      : new RequestError(400, "invalid-attribute", `${written} is no attribute; write it like floor:2`);
  }
  return [text.slice(0, at), text.slice(at + 1)];
}
