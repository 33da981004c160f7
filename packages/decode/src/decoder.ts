import type { UnplacedTime } from "./device-time.ts";

/** A measured value as a device gave it. A number is finite. */
export interface DecodedReading {
  readonly metric: string;
  readonly value: number | boolean | string;
  readonly unit?: string;
}

/** Readings that share one time. */
export interface Sample {
  /** The device's own time, in microseconds since the epoch, if it gave one. */
  readonly time?: number;
  /** Instead of `time`: the device's own time where it names no instant; kept as text. */
  readonly unplaced?: UnplacedTime;
  /** Never empty. */
  readonly readings: readonly DecodedReading[];
}

/** The readings of one MQTT message, and its other effects. */
export interface DecodedMessage {
  /** Never empty, unless there are `effects`. */
  readonly samples: readonly Sample[];
  /** Facts that a reader of the readings has to know; they become attributes of the event. */
  readonly notes?: Readonly<Record<string, string>>;
  /** Beside the readings, or instead of them. */
  readonly effects?: MessageEffects;
}

/** Consequences of a message beside its event of readings. A receiver of the message heeds all of them. */
export interface MessageEffects {
  /** Devices that came or went; becomes events of presence. */
  readonly presence?: readonly PresenceReport[];
  /** To be published to the broker that the message came from, once. Losing one does no harm: it is asked for again. */
  readonly publish?: readonly Publication[];
  /** Why (a part of) the message could not be read: its bytes are to be set aside, whatever else it said. */
  readonly quarantine?: string;
  /** The bytes that `quarantine` is about. Default: the whole payload. */
  readonly quarantined?: Uint8Array;
  /** Messages of the sender that were lost before this one, by its own sequence numbers. */
  readonly lost?: number;
  /** Why the message holds nothing for Headwater; to be counted by this word. */
  readonly ignored?: string;
}

export interface PresenceReport {
  readonly device: string;
  readonly online: boolean;
  /** Names the stay; the end of an older one says nothing of a newer. */
  readonly session: string;
  readonly reason: string;
  /** The sender's own time, microseconds. */
  readonly time?: number;
}

export interface Publication {
  readonly topic: string;
  readonly payload: Uint8Array;
  readonly qos: 0 | 1;
}

export interface DecodeLimits {
  /** Readings in one message. */
  readonly maxReadings: number;
  /** Characters of a metric's name. */
  readonly maxMetricLength: number;
  /** Levels of nesting of a value that is kept as text. */
  readonly maxDepth: number;
}

export const defaultDecodeLimits: DecodeLimits = { maxReadings: 10_000, maxMetricLength: 256, maxDepth: 32 };

/** Throws DecodeError (quarantine) that says what is wrong with the bytes, in time linear in their number. */
export type Decoder = (payload: Uint8Array, limits: DecodeLimits) => DecodedMessage;

/** The levels of a topic, by the names in the route's pattern. */
export interface TopicMatch {
  readonly topic: string;
  /** Levels by name; a name for several levels holds them joined by "/". */
  readonly names: ReadonlyMap<string, string>;
  /** The device that the message is of; undefined: the device that is logged in. */
  readonly device: string | undefined;
}

/** Makes the decoder of one topic; for formats whose topics say a part of it. Callers keep what it makes, per topic. */
export type DecoderOfTopic = (match: TopicMatch) => Decoder;
