/** A range of whole frames of one segment. */
export interface SegmentRange {
  readonly segment: number;
  readonly start: number;
  readonly end: number;
  readonly bytes: Buffer;
}

/** A range that is still in memory, and the buffer that it lies in. */
export interface BufferedRange extends SegmentRange {
  readonly buffer: Buffer;
}

/**
 * What was committed last, as long as the forwarder keeps up with it: it then need not be read again from the files.
 */
export class RecentRanges {
  readonly #maxBytes: number;
  readonly #onReleased: (buffer: Buffer) => void;
  #ranges: BufferedRange[] = [];
  #bytes = 0;

  constructor(maxBytes: number, onReleased: (buffer: Buffer) => void) {
    this.#maxBytes = maxBytes;
    this.#onReleased = onReleased;
  }

  /** `begins`: it is the first of its segment, behind the end of the one before. */
  keep(range: BufferedRange, begins: boolean): void {
    // The whole buffer is parkedAt, however little of it a small commit has filled.
    const { length } = range.buffer;
    // A hole would hide what lies in it: after one, only files are read until the forwarder has caught up with what is
    // here.
    const last = this.#ranges.at(-1);
    const follows =
      last === undefined ||
      (last.segment === range.segment ? last.end === range.start : begins && last.segment === range.segment - 1);
    if (!follows || this.#bytes + length > this.#maxBytes) {
      this.#onReleased(range.buffer);
      return;
    }
    this.#ranges.push(range);
    this.#bytes += length;
  }

  /** The ranges of a segment from there on, up to about so many bytes. */
  from(segment: number, offset: number, maxBytes: number): readonly SegmentRange[] {
    const found: SegmentRange[] = [];
    let bytes = 0;
    for (const kept of this.#ranges) {
      if (kept.segment !== segment || kept.end <= offset) {
        if (found.length > 0) break;
        continue;
      }
      if (kept.start > offset && found.length === 0) break;
      const skip = Math.max(0, offset - kept.start);
      found.push(skip === 0 ? kept : { ...kept, start: offset, bytes: kept.bytes.subarray(skip) });
      bytes += kept.bytes.length;
      if (bytes >= maxBytes) break;
    }
    return found;
  }

  /** Ranges before that place are not read again. `free`: nobody holds their bytes any more either. */
  forget(segment: number, offset: number, free: boolean): void {
    let count = 0;
    for (const kept of this.#ranges) {
      if (kept.segment > segment || (kept.segment === segment && kept.end > offset)) break;
      this.#bytes -= kept.buffer.length;
      if (free) this.#onReleased(kept.buffer);
      count += 1;
    }
    if (count > 0) this.#ranges.splice(0, count);
  }

  /** Where the bytes begin that are in memory, of that segment. */
  startOf(segment: number): number | undefined {
    const first = this.#ranges[0];
    return first?.segment === segment ? first.start : undefined;
  }
}
