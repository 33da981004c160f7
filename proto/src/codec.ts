import "./integers.ts";
import protobuf from "protobufjs/minimal.js";
import { DecodeError } from "@headwater/core";
import { headwater } from "./generated/events.js";
import { fieldNumber, recordTag } from "./telemetry-tags.ts";
import { countTopLevelField } from "./wire-scan.ts";
import type { Decoded, Input, TelemetryInput, TelemetryRecord } from "./event-types.ts";

/** Largest event that is decoded, where it holds no message of a device. */
export const maxEventBytes = 1024 * 1024;
/** The same of one that does: a gateway may be configured to take messages of 4 MiB. */
export const maxMessageEventBytes = 5 * 1024 * 1024;
/** Most readings that one event may hold. */
export const maxReadings = 20_000;

interface GeneratedType<S> {
  encode(message: S, writer?: protobuf.Writer): protobuf.Writer;
  decode(bytes: Uint8Array): unknown;
}

export interface Codec<I, D> {
  /** @throws InvariantError for a number in a 64-bit field that `decode` would refuse. */
  readonly encode: (event: I) => Uint8Array;
  /** @throws DecodeError, in time and memory bounded by `maxEventBytes` or `maxMessageEventBytes`. */
  readonly decode: (bytes: Uint8Array) => D;
}

/** The buffer of an event that is longer is not kept. */
const mostKept = 64 * 1024;
/**
 * Whatever is encoded is written here and then copied to bytes of its own: a writer for each event would begin small
 * and allocate three or four buffers before a larger one fits.
 */
let spare: protobuf.Writer | undefined;

function encoded<S>(type: GeneratedType<S>, event: S): Uint8Array {
  const writer = spare ?? protobuf.Writer.create();
  // Of an event that fails nothing is left for the next.
  spare = undefined;
  const bytes = type.encode(event, writer).finish();
  if (bytes.length <= mostKept) spare = writer.reset();
  return bytes;
}

function codecOf<S>(name: string, type: GeneratedType<S>, maxBytes = maxEventBytes): Codec<Input<S>, Decoded<S>> {
  return {
    encode: (event) => encoded(type, event as S),
    decode(bytes) {
      if (bytes.length > maxBytes) {
        throw new DecodeError(`${name}: ${bytes.length} bytes, more than the ${maxBytes} an event may have`);
      }
      // A large event is one of large fields.
      if (bytes.length > maxEventBytes && countTopLevelField(bytes, "any") > 2 * maxReadings) {
        throw new DecodeError(`${name}: ${bytes.length} bytes of too many fields`);
      }
      try {
        return type.decode(bytes) as Decoded<S>;
      } catch (cause) {
        throw new DecodeError(`${name}: not a valid event: ${(cause as Error).message}`, { cause });
      }
    },
  };
}

const v1 = headwater.v1;
const telemetryCodec = codecOf("telemetry.v1", v1.TelemetryRecord, maxMessageEventBytes);
const readingsField = fieldNumber(recordTag.reading);
/** A reading takes at least two bytes, so a shorter record cannot hold too many. */
const scanFrom = 2 * maxReadings;

export const telemetry: Codec<TelemetryInput, TelemetryRecord> = {
  encode: telemetryCodec.encode,
  decode(bytes) {
    if (bytes.length > scanFrom && bytes.length <= maxMessageEventBytes) {
      const count = countTopLevelField(bytes, readingsField);
      if (count > maxReadings) throw new DecodeError(`telemetry.v1: more than ${maxReadings} readings in one event`);
    }
    return telemetryCodec.decode(bytes);
  },
};
export const device = codecOf("devices.v1", v1.DeviceEvent);
export const presence = codecOf("presence.v1", v1.PresenceEvent);
export const rule = codecOf("rules.v1", v1.RuleEvent);
export const alert = codecOf("alerts.v1", v1.AlertEvent);
export const action = codecOf("actions.v1", v1.ActionEvent);
export const command = codecOf("commands.v1", v1.CommandEvent, maxMessageEventBytes);
export const ruleState = codecOf("rule-state.v1", v1.RuleStateRecord);
export const quarantine = codecOf("quarantine.v1", v1.QuarantineEvent, maxMessageEventBytes);
export const access = codecOf("access.v1", v1.AccessEvent);
export const rebuild = codecOf("rebuilds.v1", v1.RebuildEvent);
