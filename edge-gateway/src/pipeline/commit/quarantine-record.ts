import { events } from "@headwater/proto";
import { uuidv5 } from "@headwater/core";
import { incarnationIn } from "@headwater/proto/telemetry";
import { frameKinds, type Frame } from "../frame/frame.ts";

export interface Undecodable {
  /** Whose message it was; "" if nobody's. */
  readonly device: string;
  readonly reason: string;
  readonly payload: Uint8Array;
  readonly mqttTopic: string;
}

export interface QuarantineRecord {
  readonly id: string;
  readonly device: string;
  readonly value: Uint8Array;
}

/** Quarantine ids are UUIDs of where the message came from, within this name space. */
const quarantineNamespace = "8f4c1d66-0b0e-5f0b-9a53-6a3c3e1f7a10";

/**
 * A message that could not be decoded, taken by the gateway at that receive time, which is given out once.
 * `incarnation`: which device of its id the gateway knew then.
 */
export function undecodableRecord(
  what: Undecodable,
  { gateway, at, incarnation }: { readonly gateway: string; readonly at: number; readonly incarnation: number },
): QuarantineRecord {
  const id = uuidv5(`${gateway} ${at}`, quarantineNamespace);
  const value = events.quarantine.encode({
    id,
    device: what.device,
    at,
    stage: "decode",
    reason: what.reason.toWellFormed(),
    payload: what.payload,
    gateway,
    mqttTopic: what.mqttTopic.toWellFormed(),
    incarnation,
  });
  return { id, device: what.device, value };
}

/** A record that the log refused for good. */
export function refusedRecord(
  frame: Frame,
  topic: string,
  gateway: string,
  epoch: number,
  at: number,
): QuarantineRecord {
  const id = uuidv5(`${gateway} ${epoch} ${topic} ${frame.partition} ${frame.n} ${at}`, quarantineNamespace);
  const device = frame.key.toString();
  const incarnation = frame.kind === frameKinds.event ? incarnationIn(frame.value) : undefined;
  const value = events.quarantine.encode({
    id,
    device,
    at,
    stage: "log",
    reason: "The event log refused the record",
    payload: frame.value,
    gateway,
    logTopic: topic,
    logPartition: frame.partition,
    ...(incarnation !== undefined && { incarnation }),
  });
  return { id, device, value };
}
