/** The place of a reading in its device's life: by judged time, then as the log has it. */
export interface Position {
  /** Judged time, microseconds. */
  readonly time: number;
  /** Of its record in the partition. */
  readonly offset: number;
  /** Among the readings of its record. */
  readonly index: number;
}

/** Before every reading. */
export const beginning: Position = { time: Number.NEGATIVE_INFINITY, offset: -1, index: -1 };

/** Above the index of every reading in its record. */
export const maxIndex = 2 ** 31;

export function isAfter(a: Position, b: Position): boolean {
  if (a.time !== b.time) return a.time > b.time;
  return a.offset === b.offset ? a.index > b.index : a.offset > b.offset;
}
