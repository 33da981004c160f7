import { checkDeviceId } from "@headwater/aggregates";
import { RequestError } from "@headwater/core";
import { crc32 } from "node:zlib";
import type { Decoder, Routes } from "@headwater/decode";
import type { DeviceLane } from "../lanes/device-lanes.ts";
import type { RecordWriter } from "./record-writer.ts";

export interface TelemetryTarget {
  readonly kind: "telemetry";
  /** Whose route reads it: of a message that names its format by its content type not its own topic. */
  readonly topic: string;
  readonly lane: DeviceLane;
  readonly decoder: Decoder;
  readonly topicHash: number;
  /** User properties that are kept with the event. */
  readonly userProperties: readonly string[] | undefined;
}

export interface ReplyTarget {
  readonly kind: "reply";
  readonly device: string;
  readonly commandId: string;
  readonly topicHash: number;
}

/** What becomes of the messages of a topic. Receivers keep it: it depends on the topic and its sender alone. */
export type MessageTarget =
  | TelemetryTarget
  | ReplyTarget
  /** Goes to quarantine for this reason: an acknowledged message is kept. */
  | { readonly kind: "unrouted"; readonly device: string; readonly reason: string; readonly topicHash: number };

/** No command's id is longer. */
const maxCommandIdBytes = 512;
const noRoute = "No route reads this topic";

/**
 * The target by the routes; undefined if no route reads the topic, or its device is the sender and the sender is
 * unknown.
 */
export function routedTarget(
  routes: Routes,
  recordWriter: RecordWriter,
  topic: string,
  sender: string | undefined,
): MessageTarget | undefined {
  const route = routes.find(topic);
  const device = route?.device ?? sender;
  if (route === undefined || device === undefined) return undefined;
  const topicHash = crc32(topic);
  const wrong = device === sender ? undefined : whatIsWrongWith(device);
  const { decoder, userProperties } = route;
  return wrong === undefined
    ? { kind: "telemetry", topic, lane: recordWriter.deviceLane(device), decoder, topicHash, userProperties }
    : { kind: "unrouted", device: sender ?? "", reason: `The topic names no device that can be: ${wrong}`, topicHash };
}

export function unrouted(topic: string, sender: string | undefined): MessageTarget {
  return { kind: "unrouted", device: sender ?? "", reason: noRoute, topicHash: crc32(topic) };
}

export function replyTarget(topic: string, device: string, commandId: string): ReplyTarget {
  return { kind: "reply", device, commandId, topicHash: crc32(topic) };
}

/**
 * The correlation data of MQTT 5 says to which command a reply is, as its requests are told apart: a device may use the
 * response topic of one command for all. Data that names no command of the device is its own affair.
 */
export function correlatedTarget(
  target: ReplyTarget,
  topic: string,
  correlationData: Buffer,
  isCommandOf: (device: string, commandId: string) => boolean,
): ReplyTarget {
  if (correlationData.length > maxCommandIdBytes) return target;
  const commandId = correlationData.toString();
  if (commandId === target.commandId || !isCommandOf(target.device, commandId)) return target;
  return replyTarget(`${topic} ${commandId}`, target.device, commandId);
}

/** Why no device can have this id; undefined if one can. */
export function whatIsWrongWith(deviceId: string): string | undefined {
  try {
    checkDeviceId(deviceId);
    return undefined;
  } catch (error) {
    if (error instanceof RequestError) return error.message;
    throw error;
  }
}
