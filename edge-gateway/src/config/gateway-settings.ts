import { Type } from "@sinclair/typebox";

/** Rules take a gateway that has sent no mark for 30 s to be away (milliseconds). */
const longestBetweenMarks = 20_000;

/** What becomes of messages once they are read. */
export const gatewaySettings = Type.Object({
  id: Type.Optional(
    Type.String({
      env: "HEADWATER_GATEWAY_ID",
      pattern: "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$",
      description:
        "Name of this gateway, part of every event's identity; default: made once and kept in the data folder",
    }),
  ),
  commitDelayMs: Type.Number({
    env: "HEADWATER_GATEWAY_COMMIT_DELAY_MS",
    default: 2,
    minimum: 0,
    maximum: 1000,
    description: "Under load, how long a group commit waits for more messages",
  }),
  forwardDelayMs: Type.Number({
    env: "HEADWATER_GATEWAY_FORWARD_DELAY_MS",
    default: 5,
    minimum: 0,
    maximum: 1000,
    description: "Under load, how long an append to the event log waits for more records",
  }),
  markBusyMs: Type.Integer({
    env: "HEADWATER_MARK_BUSY_MS",
    default: 1000,
    minimum: 20,
    maximum: longestBetweenMarks,
    description: "Between marks of a partition where data flows",
  }),
  markQuietMs: Type.Integer({
    env: "HEADWATER_MARK_QUIET_MS",
    default: 10_000,
    minimum: 20,
    maximum: longestBetweenMarks,
    description: "Between marks of a quiet partition",
  }),
  maxPastMs: Type.Integer({
    env: "HEADWATER_EVENT_TIME_MAX_PAST_MS",
    default: 366 * 86_400_000,
    minimum: 0,
    description: "How old a device's own time may be to be believed",
  }),
  maxFutureMs: Type.Integer({
    env: "HEADWATER_EVENT_TIME_MAX_FUTURE_MS",
    default: 600_000,
    minimum: 0,
    description: "How far ahead a device's own time may be to be believed",
  }),
  commandsInFlight: Type.Integer({
    env: "HEADWATER_COMMANDS_IN_FLIGHT",
    default: 1,
    minimum: 1,
    maximum: 100,
    description: "Commands that may be on their way to one device, unacknowledged, at a time",
  }),
});
