/** Why a connection is cut before its bytes reach the broker. */
export type Violation = "packet-too-large" | "malformed-length" | "no-connect";

const connectPacket = 1;

/**
 * Follows the packets of a connection by their fixed headers alone, so that one that is too large is refused before it is buffered. Holds a
 * few numbers a connection and copies nothing.
 */
export class FrameGuard {
  readonly #maxPacketBytes: number;
  /** Bytes of the present packet still to come. */
  #rest = 0;
  /** Reading a header: the bytes of the length so far. */
  #lengthBytes = -1;
  #length = 0;
  #first = true;

  constructor(maxPacketBytes: number) {
    this.#maxPacketBytes = maxPacketBytes;
  }

  /** Takes the next bytes; undefined if nothing is wrong with them. */
  inspect(chunk: Uint8Array): Violation | undefined {
    let at = 0;
    while (at < chunk.length) {
      if (this.#rest > 0) {
        const skipped = Math.min(this.#rest, chunk.length - at);
        this.#rest -= skipped;
        at += skipped;
        continue;
      }
      const byte = chunk[at]!;
      at += 1;
      if (this.#lengthBytes === -1) {
        if (this.#first && byte >>> 4 !== connectPacket) return "no-connect";
        this.#first = false;
        this.#lengthBytes = 0;
        this.#length = 0;
        continue;
      }
      this.#length += (byte & 0x7f) * 128 ** this.#lengthBytes;
      this.#lengthBytes += 1;
      if (byte >= 0x80) {
        if (this.#lengthBytes === 4) return "malformed-length";
        continue;
      }
      if (this.#length + 1 + this.#lengthBytes > this.#maxPacketBytes) return "packet-too-large";
      this.#rest = this.#length;
      this.#lengthBytes = -1;
    }
    return undefined;
  }
}
