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
  /** Never empty. */
  readonly readings: readonly DecodedReading[];
}

/** What one MQTT message says. */
export interface DecodedMessage {
  /** Never empty. */
  readonly samples: readonly Sample[];
  /** What a reader has to know about the readings; becomes attributes of the event. */
  readonly notes?: Readonly<Record<string, string>>;
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
