import type { HeadwaterError } from "@headwater/core";
import { OLDER_THAN_RAW } from "../retention.ts";
import type { Point, RefusedPoint } from "../time-series-store.ts";
import type { InfluxConnection } from "./connection.ts";
import { InfluxRefusedError, RequestTooLargeError } from "./influx-errors.ts";
import { LineBuffer } from "./line-buffer.ts";
import { LineEncoder } from "./line-protocol.ts";

/** Bytes of lines in one request; the memory that a request takes on both sides. */
const MAX_REQUEST_BYTES = 4 * 1024 * 1024;
const FIRST_CAPACITY = 512 * 1024;
/** Buffers that are kept for later writes; what a burst of texts made larger is not. */
const MAX_KEPT = 4;
const MAX_KEPT_CAPACITY = 2 * 1024 * 1024;

/** The lines of one request. */
interface Lines {
  readonly buffer: LineBuffer;
  /** Where each line ends, its line end included. */
  readonly ends: number[];
  /** Index of each line's point. */
  readonly index: number[];
}

/** Writes points in order; requests that InfluxDB refuses are halved until only the refused points remain. */
export class PointWriter {
  readonly #connection: InfluxConnection;
  readonly #encoder = new LineEncoder();
  readonly #kept: LineBuffer[] = [];

  constructor(connection: InfluxConnection) {
    this.#connection = connection;
  }

  async write(points: readonly Point[]): Promise<RefusedPoint[]> {
    const buffer = this.#kept.pop() ?? new LineBuffer(FIRST_CAPACITY);
    try {
      return await this.#write(points, buffer);
    } finally {
      buffer.cut(0);
      if (this.#kept.length < MAX_KEPT && buffer.capacity <= MAX_KEPT_CAPACITY) this.#kept.push(buffer);
    }
  }

  async #write(points: readonly Point[], buffer: LineBuffer): Promise<RefusedPoint[]> {
    const refused: RefusedPoint[] = [];
    let lines: Lines = { buffer, ends: [], index: [] };
    for (let index = 0; index < points.length; index++) {
      const fault = this.#encoder.write(points[index] as Point, buffer);
      if (fault !== undefined) {
        refused.push({ index, reason: fault });
        continue;
      }
      lines.ends.push(buffer.length);
      lines.index.push(index);
      if (buffer.length < MAX_REQUEST_BYTES) continue;
      await this.#store(lines, 0, lines.index.length, refused);
      buffer.cut(0);
      lines = { buffer, ends: [], index: [] };
    }
    await this.#store(lines, 0, lines.index.length, refused);
    return refused.sort((a, b) => a.index - b.index);
  }

  /**
   * A refusal does not say which lines it is about, and of a partial write the others are stored already. Writing those
   * again changes nothing; the halves go one after the other, so that of two values of one time the later one stays.
   */
  async #store(lines: Lines, start: number, end: number, refused: RefusedPoint[]): Promise<void> {
    if (start === end) return;
    try {
      const from = start === 0 ? 0 : lines.ends[start - 1]!;
      // Without the end of the last line.
      await this.#connection.write(lines.buffer.part(from, lines.ends[end - 1]! - 1));
    } catch (error) {
      const isTooLarge = error instanceof RequestTooLargeError;
      if (!(error instanceof InfluxRefusedError) && !(isTooLarge && end - start > 1)) throw error;
      if (end - start === 1 || allTooOld(error, end - start)) {
        for (let at = start; at < end; at++)
          refused.push({ index: lines.index[at] as number, reason: reasonOf(error) });
        return;
      }
      const middle = (start + end) >>> 1;
      await this.#store(lines, start, middle, refused);
      await this.#store(lines, middle, end, refused);
    }
  }
}

/** What the bucket's retention does not take has the reason that it has in every store. */
function reasonOf({ message }: HeadwaterError): string {
  return message.includes("outside retention policy") ? `${OLDER_THAN_RAW}: ${message}` : message;
}

/** A backlog older than the bucket's retention is refused whole; one request says so for all of it. */
function allTooOld(error: HeadwaterError, lines: number): boolean {
  const [, dropped] = /partial write: dropped (\d+) points outside retention policy/.exec(error.message) ?? [];
  return dropped !== undefined && Number(dropped) === lines;
}
