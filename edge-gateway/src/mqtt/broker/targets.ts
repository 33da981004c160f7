import type { Permissions } from "../../devices/access/permissions.ts";
import type { FirmwareTopics, Routes } from "@headwater/decode";
import type { RecordWriter } from "../../pipeline/commit/record-writer.ts";
import { replyTarget, routedTarget, unrouted, type MessageTarget } from "../../pipeline/commit/message-target.ts";

/** Where a message of a topic goes. */
export type Target =
  | MessageTarget
  /** It asks for the gateway's time: answered, and no event. */
  | { readonly kind: "time"; readonly device: string }
  /** Not for this device. */
  | { readonly kind: "forbidden" }
  /** Anonymous clients among themselves: no event. */
  | { readonly kind: "relay" }
  | IgnoredTarget;

/** Holds nothing to keep: acknowledged and counted. */
export interface IgnoredTarget {
  readonly kind: "ignored";
  /** One of a few. */
  readonly reason: "dollar-topic" | "topic-of-firmware";
  /** Whether those who have subscribed hear it all the same. */
  readonly passedOn: boolean;
}

/** The sender of a message. */
export interface Sender {
  /** undefined: an anonymous client. */
  readonly device: string | undefined;
  readonly permissions: Permissions;
}

const replyPattern = /^devices\/([^/]+)\/commands\/([^/]+)\/reply$/;
const timePattern = /^devices\/([^/]+)\/time\/request$/;
const forbidden: Target = { kind: "forbidden" };
const closedTopic: Target = { kind: "ignored", reason: "dollar-topic", passedOn: false };
const ofFirmware: Target = { kind: "ignored", reason: "topic-of-firmware", passedOn: true };
const sharedOfFirmware: Target = { kind: "ignored", reason: "topic-of-firmware", passedOn: false };

export interface TargetsOptions {
  readonly routes: Routes;
  readonly firmware: FirmwareTopics;
  readonly recordWriter: RecordWriter;
}

/** Finds the target of a message by its topic and sender. */
export function findTarget({ routes, firmware, recordWriter }: TargetsOptions, topic: string, sender: Sender): Target {
  const { device, permissions } = sender;
  if (permissions.isDenied(topic)) return forbidden;
  const route = routes.find(topic);
  // Topics of the broker itself, which it does not read: a client that writes there loses nothing else by it.
  if (route === undefined && topic.startsWith("$")) return closedTopic;
  // A device may also publish to a topic that a route gives to its sender, and what its firmware says without its id.
  if (!permissions.mayPublish(topic) && (device === undefined || route?.senders.includes(device) !== true)) {
    return device !== undefined && firmware.isShared(topic) ? sharedOfFirmware : forbidden;
  }
  const routed = routedTarget(routes, recordWriter, topic, device);
  if (routed !== undefined) return routed;
  const reply = replyPattern.exec(topic);
  if (reply !== null) return replyTarget(topic, reply[1]!, reply[2]!);
  const time = timePattern.exec(topic);
  if (time !== null) return { kind: "time", device: time[1]! };
  if (device !== undefined) return firmware.has(topic) ? ofFirmware : unrouted(topic, device);
  // Nobody is "me" without a login.
  return route === undefined ? { kind: "relay" } : forbidden;
}
