import type { Permissions } from "../../devices/access/permissions.ts";
import type { Routes } from "@headwater/decode";
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
  | { readonly kind: "relay" };

/** The sender of a message. */
export interface Sender {
  /** undefined: an anonymous client. */
  readonly device: string | undefined;
  readonly permissions: Permissions;
}

const replyPattern = /^devices\/([^/]+)\/commands\/([^/]+)\/reply$/;
const timePattern = /^devices\/([^/]+)\/time\/request$/;
const forbidden: Target = { kind: "forbidden" };

/** Finds the target of a message by its topic and sender. */
export function findTarget(routes: Routes, recordWriter: RecordWriter, topic: string, sender: Sender): Target {
  if (topic.startsWith("$")) return forbidden;
  const { device, permissions } = sender;
  if (!permissions.mayPublish(topic)) {
    // A device may also publish to a topic that a route gives to its sender.
    if (device === undefined || routes.find(topic)?.sender !== device) return forbidden;
  }
  const routed = routedTarget(routes, recordWriter, topic, device);
  if (routed !== undefined) return routed;
  const reply = replyPattern.exec(topic);
  if (reply !== null) return replyTarget(topic, reply[1]!, reply[2]!);
  const time = timePattern.exec(topic);
  if (time !== null) return { kind: "time", device: time[1]! };
  if (device !== undefined) return unrouted(topic, device);
  // Nobody is "me" without a login.
  return routes.find(topic) === undefined ? { kind: "relay" } : forbidden;
}
