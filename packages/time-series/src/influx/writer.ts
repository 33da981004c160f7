import type { HeadwaterError } from "@headwater/core";
import { OLDER_THAN_RAW } from "../retention.ts";
import type { Point, RefusedPoint } from "../time-series-store.ts";
import type { InfluxConnection } from "./connection.ts";
import { InfluxRefusedError, RequestTooLargeError } from "./influx-errors.ts";
import { LineEncoder } from "./line-protocol.ts";

/** Characters of lines in one request; the memory that a request takes on both sides. */
const MAX_REQUEST_LENGTH = 4 * 1024 * 1024;

interface Lines {
  readonly text: string[];
  /** Index of each line's point. */
  readonly index: number[];
}

/** Writes points in order; requests that InfluxDB refuses are halved until only the refused points remain. */
export class PointWriter {
  readonly #connection: InfluxConnection;
  readonly #encoder = new LineEncoder();

  constructor(connection: InfluxConnection) {
    this.#connection = connection;
  }

  async write(points: readonly Point[]): Promise<RefusedPoint[]> {
    const refused: RefusedPoint[] = [];
    let lines: Lines = { text: [], index: [] };
    let length = 0;
    for (let index = 0; index < points.length; index++) {
      const encoded = this.#encoder.line(points[index] as Point);
      if ("fault" in encoded) {
        refused.push({ index, reason: encoded.fault });
        continue;
      }
      lines.text.push(encoded.line);
      lines.index.push(index);
      length += encoded.line.length + 1;
      if (length < MAX_REQUEST_LENGTH) continue;
      await this.#store(lines, 0, lines.text.length, refused);
      lines = { text: [], index: [] };
      length = 0;
    }
    await this.#store(lines, 0, lines.text.length, refused);
    return refused.sort((a, b) => a.index - b.index);
  }

  /**
   * A refusal does not say which lines it is about, and of a partial write the others are stored already. Writing those
   * again changes nothing; the halves go one after the other, so that of two values of one time the later one stays.
   */
  async #store(lines: Lines, start: number, end: number, refused: RefusedPoint[]): Promise<void> {
    if (start === end) return;
    try {
      const part = start === 0 && end === lines.text.length ? lines.text : lines.text.slice(start, end);
      await this.#connection.write(part.join("\n"));
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
