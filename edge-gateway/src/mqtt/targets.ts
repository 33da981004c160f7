import { crc32 } from "node:zlib";
import type { Decoder } from "../decode/decoder.ts";
import type { Routes } from "../decode/routes.ts";
import type { DeviceLane, Intake } from "../intake/intake.ts";
import { isOwnTopic } from "./topic-filter.ts";

/** Where a message of a topic goes. */
export type Target =
  | { readonly kind: "telemetry"; readonly lane: DeviceLane; readonly decoder: Decoder; readonly topicHash: number }
  | { readonly kind: "reply"; readonly device: string; readonly commandId: string; readonly topicHash: number }
  /** Its own topic, but no route reads it: set aside, since what is acknowledged is kept. */
  | { readonly kind: "unrouted"; readonly device: string; readonly topicHash: number }
  /** Not for this device. */
  | { readonly kind: "forbidden" }
  /** Anonymous clients among themselves: no event. */
  | { readonly kind: "relay" };

/** A message that becomes a record. */
export type RecordTarget = Extract<Target, { readonly topicHash: number }>;

const replyPattern = /^devices\/([^/]+)\/commands\/([^/]+)\/reply$/;
const forbidden: Target = { kind: "forbidden" };

/** Settles what a message is by its topic and who sends it. */
export function findTarget(routes: Routes, intake: Intake, topic: string, device: string | undefined): Target {
  if (topic.startsWith("$") || (device !== undefined && !isOwnTopic(device, topic))) return forbidden;
  const topicHash = crc32(topic);
  const route = routes.find(topic);
  if (route !== undefined) {
    const of = route.device ?? device;
    // Nobody is "me" without a login.
    return of === undefined
      ? forbidden
      : { kind: "telemetry", lane: intake.deviceLane(of), decoder: route.decoder, topicHash };
  }
  const reply = replyPattern.exec(topic);
  if (reply !== null) return { kind: "reply", device: reply[1]!, commandId: reply[2]!, topicHash };
  return device === undefined ? { kind: "relay" } : { kind: "unrouted", device, topicHash };
}
