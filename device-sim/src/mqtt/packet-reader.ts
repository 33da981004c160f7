/** `first`: the byte with type and flags; `body` is good until the next packet. */
export type OnPacket = (first: number, body: Buffer) => void;

/** Cuts what a broker sends into packets. */
export class PacketReader {
  readonly #onPacket: OnPacket;
  #rest: Buffer | undefined;

  constructor(onPacket: OnPacket) {
    this.#onPacket = onPacket;
  }

  /** Throws RangeError for a length of more than four bytes. */
  take(chunk: Buffer): void {
    const bytes = this.#rest === undefined ? chunk : Buffer.concat([this.#rest, chunk]);
    this.#rest = undefined;
    let at = 0;
    while (at + 1 < bytes.length) {
      let length = 0;
      let end = at + 1;
      let shift = 0;
      let isWhole = false;
      while (end < bytes.length && !isWhole) {
        const byte = bytes[end++]!;
        length += (byte & 127) * 2 ** shift;
        shift += 7;
        isWhole = byte < 128;
        if (shift === 28 && !isWhole) throw new RangeError("a packet whose length has more than four bytes");
      }
      if (!isWhole || end + length > bytes.length) break;
      this.#onPacket(bytes[at]!, bytes.subarray(end, end + length));
      at = end + length;
    }
    if (at < bytes.length) this.#rest = bytes.subarray(at);
  }
}
