/** Where a reading stands in its device's life: by event time, then as the log has it. */
export interface Position {
  /** Event time, microseconds. */
  readonly time: number;
  /** Of its record in the partition. */
  readonly offset: number;
  /** Among the readings of its record. */
  readonly index: number;
}

/** A reading as rules judge it. */
export interface Reading extends Position {
  readonly value: number;
  readonly receivedAt: number;
  /** When it was received, on the log's clock: skew-corrected, what timers are due by. */
  readonly logTime: number;
  /** Identity of its record; of a derived one, that of its source. */
  readonly gateway: string;
  readonly epoch: number;
  readonly n: number;
  /** Rule and revision that derived it; "" if a device measured it. */
  readonly derivedBy: string;
}

/** Before every reading. */
export const beginning: Position = { time: Number.NEGATIVE_INFINITY, offset: -1, index: -1 };

export function isAfter(a: Position, b: Position): boolean {
  if (a.time !== b.time) return a.time > b.time;
  return a.offset === b.offset ? a.index > b.index : a.offset > b.offset;
}

/** The reading's name for ever: its record's identity, and which of its readings. */
export function identityOf(reading: Reading, partition: number): string {
  const { derivedBy, gateway, epoch, n, index } = reading;
  return JSON.stringify([derivedBy, gateway, epoch, partition, n, index]);
}

export function sameIdentity(a: Reading, b: Reading): boolean {
  return (
    a.n === b.n &&
    a.index === b.index &&
    a.epoch === b.epoch &&
    a.gateway === b.gateway &&
    a.derivedBy === b.derivedBy &&
    a.time === b.time
  );
}
