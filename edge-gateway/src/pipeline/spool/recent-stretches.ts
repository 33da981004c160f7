/** A stretch of whole frames of one segment. */
export interface SpoolStretch {
  readonly segment: number;
  readonly start: number;
  readonly end: number;
  readonly bytes: Buffer;
}

/** A stretch that is still in memory, and the buffer that it lies in. */
export interface KeptStretch extends SpoolStretch {
  readonly buffer: Buffer;
}

/**
 * What was committed last, as long as the forwarder keeps up with it: it then need not be read again from the files.
 */
export class RecentStretches {
  readonly #maxBytes: number;
  readonly #onReleased: (buffer: Buffer) => void;
  #stretches: KeptStretch[] = [];
  #bytes = 0;

  constructor(maxBytes: number, onReleased: (buffer: Buffer) => void) {
    this.#maxBytes = maxBytes;
    this.#onReleased = onReleased;
  }

  /** `begins`: it is the first of its segment, behind the end of the one before. */
  keep(stretch: KeptStretch, begins: boolean): void {
    // The whole buffer is parkedAt, however little of it a small commit has filled.
    const { length } = stretch.buffer;
    // A hole would hide what lies in it: after one, only files are read until the forwarder has caught up with what is
    // here.
    const last = this.#stretches.at(-1);
    const follows =
      last === undefined ||
      (last.segment === stretch.segment ? last.end === stretch.start : begins && last.segment === stretch.segment - 1);
    if (!follows || this.#bytes + length > this.#maxBytes) {
      this.#onReleased(stretch.buffer);
      return;
    }
    this.#stretches.push(stretch);
    this.#bytes += length;
  }

  /** The stretches of a segment from there on, up to about so many bytes. */
  from(segment: number, offset: number, maxBytes: number): readonly SpoolStretch[] {
    const found: SpoolStretch[] = [];
    let bytes = 0;
    for (const kept of this.#stretches) {
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

  /** What lies before that place is not read again. `free`: nobody holds its bytes any more either. */
  forget(segment: number, offset: number, free: boolean): void {
    let count = 0;
    for (const kept of this.#stretches) {
      if (kept.segment > segment || (kept.segment === segment && kept.end > offset)) break;
      this.#bytes -= kept.buffer.length;
      if (free) this.#onReleased(kept.buffer);
      count += 1;
    }
    if (count > 0) this.#stretches.splice(0, count);
  }

  /** Where the bytes begin that are in memory, of that segment. */
  startOf(segment: number): number | undefined {
    const first = this.#stretches[0];
    return first?.segment === segment ? first.start : undefined;
  }
}
