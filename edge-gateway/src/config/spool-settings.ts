import { Type } from "@sinclair/typebox";

const mebibyte = 1024 * 1024;

/** What waits on disk for an event log that is elsewhere. */
export const spoolSettings = Type.Object({
  maxBytes: Type.Integer({
    env: "HEADWATER_SPOOL_MAX_BYTES",
    default: 4096 * mebibyte,
    minimum: mebibyte,
    description: "Most bytes that wait on disk for the event log; HEADWATER_SPOOL_WHEN_FULL says what happens then",
  }),
  segmentBytes: Type.Integer({
    env: "HEADWATER_SPOOL_SEGMENT_BYTES",
    default: 64 * mebibyte,
    minimum: 64 * 1024,
    maximum: 1024 * mebibyte,
    description: "Size of a spool file, the unit in which space comes back",
  }),
  whenFull: Type.Union([Type.Literal("block"), Type.Literal("drop-oldest"), Type.Literal("drop-newest")], {
    env: "HEADWATER_SPOOL_WHEN_FULL",
    default: "block",
    description:
      "block: messages stay unacknowledged. drop-oldest, drop-newest: events are given up, acknowledged or not, and named in gap records",
  }),
  maxAgeMs: Type.Optional(
    Type.Integer({
      env: "HEADWATER_SPOOL_MAX_AGE_MS",
      minimum: 1000,
      description:
        "Events that have waited longer for the event log are given up and named in gap records; default: none",
    }),
  ),
  keepAfterAckMs: Type.Optional(
    Type.Integer({
      env: "HEADWATER_SPOOL_KEEP_AFTER_ACK_MS",
      minimum: 0,
      maximum: 86_400_000,
      description:
        "How long records stay in the spool after the event log has taken them, to be sent again if it loses them; default: 10 minutes if its topic has fewer than 3 replicas, else 0",
    }),
  ),
  qos0Sync: Type.Boolean({
    env: "HEADWATER_SPOOL_QOS0_SYNC",
    default: true,
    description:
      "Whether messages of QoS 0 are synced to disk like the others; if false they are synced with the next that has to be, or a tenth of a second later",
  }),
});
