import { Type } from "@sinclair/typebox";
import { isoFromMicros } from "@headwater/core";
import type { Look } from "./look.ts";
import { type EntryState, entryStates, type QuarantineEntry, type QuarantineSummary } from "./quarantine-queries.ts";

export const stageSchema = Type.Union([Type.Literal("decode"), Type.Literal("store"), Type.Literal("log")], {
  description: "decode: its bytes cannot be read; store: the store refused it; log: the log did",
});
export const stateSchema = Type.Union(
  entryStates.map((state) => Type.Literal(state)),
  {
    description:
      "quarantined: it waits; requested: it is to be re-driven; claimed: by this gateway; redriven: it was; dropped: its bytes were, for want of room or with the data of its device",
  },
);

const entryProperties = {
  id: Type.String(),
  device: Type.String(),
  at: Type.String({ format: "date-time", description: "When it was taken first" }),
  stage: Type.String({ description: stageSchema.description! }),
  reason: Type.String(),
  cause: Type.Optional(
    Type.String({ description: "In one word: series-per-device, series-per-store, new-series-rate" }),
  ),
  state: stateSchema,
  attempt: Type.Integer({ description: "How often it was re-driven" }),
  payload: Type.String({ description: "The bytes, base64" }),
  gateway: Type.String(),
  mqttTopic: Type.String(),
  logTopic: Type.String(),
  logPartition: Type.Integer(),
  logOffset: Type.Integer(),
  metrics: Type.Array(Type.String(), {
    description: "Of a stored event, the metrics that are not stored; none: the whole",
  }),
  fixed: Type.Optional(
    Type.Object(
      { payload: Type.Optional(Type.String({ description: "base64" })), topic: Type.Optional(Type.String()) },
      { description: "What the next attempt takes instead" },
    ),
  ),
  by: Type.Optional(Type.String({ description: "Who fixed it or asked for an attempt last" })),
  changedAt: Type.String({ format: "date-time" }),
  claimedBy: Type.Optional(Type.String({ description: "The gateway that makes an event of it" })),
  became: Type.Optional(
    Type.Object(
      { gateway: Type.String(), epoch: Type.Integer(), partition: Type.Integer(), n: Type.Integer() },
      { description: "The identity of the event that was made of it" },
    ),
  ),
};
export const entrySchema = Type.Object(entryProperties, { title: "QuarantineEntry" });

const lookProperties = {
  bytes: Type.Integer({ description: "Of the bytes that the next attempt takes" }),
  hex: Type.String({ description: "The first 16 KiB of them" }),
  text: Type.Optional(Type.String({ description: "If they are UTF-8" })),
  decoded: Type.Optional(
    Type.Object(
      {
        as: Type.Union([Type.Literal("record"), Type.Literal("json"), Type.Literal("readings")]),
        value: Type.Unknown(),
      },
      { description: "As far as they can be read, by the routes that every gateway has" },
    ),
  ),
  problem: Type.Optional(Type.String({ description: "Where reading came to an end" })),
};
/** One entry with what can be seen of its bytes. */
export const shownSchema = Type.Object({ ...entryProperties, ...lookProperties }, { title: "QuarantineEntryShown" });

export function shownEntry(entry: QuarantineEntry, look: Look) {
  return { ...entryResource(entry), ...look };
}

export const summarySchema = Type.Object(
  {
    states: Type.Array(Type.Object({ state: stateSchema, entries: Type.Integer(), bytes: Type.Integer() })),
    dropped: Type.Array(
      Type.Object({
        reason: Type.String({ description: "age, size, or erased: with the data of a deleted device" }),
        entries: Type.Integer(),
        bytes: Type.Integer(),
        newest: Type.String({ format: "date-time", description: "When the newest of them was taken" }),
      }),
    ),
  },
  { title: "QuarantineSummary" },
);

export function summaryResource({ states, dropped }: QuarantineSummary) {
  return {
    states: states.map((each) => ({ ...each, state: each.state as EntryState })),
    dropped: dropped.map((each) => ({ ...each, newest: isoFromMicros(each.newest) })),
  };
}

export function entryResource(entry: QuarantineEntry) {
  const { fixedPayload, fixedTopic, cause, by, claimedBy, became, metrics } = entry;
  const { id, device, stage, reason, attempt, gateway, mqttTopic, logTopic, logPartition, logOffset } = entry;
  return {
    ...{ id, device, stage, reason, attempt, gateway, mqttTopic, logTopic, logPartition, logOffset },
    at: isoFromMicros(entry.at),
    ...(cause !== "" && { cause }),
    state: entry.state satisfies EntryState,
    payload: base64(entry.payload),
    metrics: [...metrics],
    ...((fixedPayload !== undefined || fixedTopic !== undefined) && {
      fixed: {
        ...(fixedPayload !== undefined && { payload: base64(fixedPayload) }),
        ...(fixedTopic !== undefined && { topic: fixedTopic }),
      },
    }),
    ...(by !== "" && { by }),
    changedAt: isoFromMicros(entry.changedAt),
    ...(claimedBy !== "" && { claimedBy }),
    ...(became !== undefined && { became: { ...became } }),
  };
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64");
}
