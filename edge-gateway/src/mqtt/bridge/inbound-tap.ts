import { Transform, type TransformCallback } from "node:stream";
import type { InboundMessage } from "../../bridge/remote-broker.ts";
import { readPublish } from "./publish-packet.ts";

export interface InboundTapOptions {
  readonly version: 4 | 5;
  /** Of a larger PUBLISH only so much is kept (bytes). */
  readonly maxPacketBytes: number;
  readonly onConnack: (sessionPresent: boolean) => void;
  readonly onMessage: (message: InboundMessage) => void;
  readonly onRelease: (packetId: number) => void;
  readonly onMalformed: (what: string) => void;
}

const kinds = { connack: 2, publish: 3, pubrel: 6 } as const;
/** No other packet that a broker sends is anywhere near this. */
const maxControlBytes = 1024 * 1024;

/**
 * Takes the messages out of what a broker sends, before mqtt.js sees it, and passes everything else on. mqtt.js handles
 * one message after the other and reads nothing behind one that is not acknowledged, neither the next nor the answer to
 * its ping; here any number may wait for the same group commit.
 */
export class InboundTap extends Transform {
  readonly #options: InboundTapOptions;
  #partial: Buffer[] = [];
  #partialBytes = 0;
  /** No packet is complete before so many bytes are there. */
  #needed = 2;
  /** Bytes to leave out. */
  #skip = 0;
  #oversize: { readonly flags: number; readonly header: number; readonly omitted: number } | undefined;
  #messages = true;
  #broken = false;

  constructor(options: InboundTapOptions) {
    super();
    this.#options = options;
  }

  /** Messages are left where they are, unacknowledged. */
  stopMessages(): void {
    this.#messages = false;
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.#take(chunk);
    done();
  }

  #take(chunk: Buffer): void {
    let bytes = chunk;
    if (this.#skip > 0) {
      const skipped = Math.min(this.#skip, bytes.length);
      this.#skip -= skipped;
      bytes = bytes.subarray(skipped);
    }
    if (bytes.length === 0 || this.#broken) return;
    if (this.#partialBytes > 0) {
      this.#partial.push(bytes);
      this.#partialBytes += bytes.length;
      if (this.#partialBytes < this.#needed) return;
      bytes = this.#partial.length === 1 ? this.#partial[0]! : Buffer.concat(this.#partial, this.#partialBytes);
      this.#partial = [];
      this.#partialBytes = 0;
    }
    let at = 0;
    while (at < bytes.length && !this.#broken) {
      const taken = this.#packet(bytes, at);
      if (taken === 0) {
        this.#partial = [at === 0 ? bytes : bytes.subarray(at)];
        this.#partialBytes = bytes.length - at;
        return;
      }
      at += taken;
    }
  }

  /**
   * Handles the packet that begins there and answers its bytes; 0 if it is not all there yet, and `#needed` says when
   * it is.
   */
  #packet(bytes: Buffer, at: number): number {
    if (this.#oversize !== undefined) return this.#beginningOfOversize(bytes, at);
    let length = 0;
    let header = 1;
    for (let shift = 0; ; shift += 7, header += 1) {
      if (at + header >= bytes.length) {
        this.#needed = bytes.length - at + 1;
        return 0;
      }
      if (shift > 21) return this.#malformed("a length of more than four bytes");
      const byte = bytes[at + header]!;
      length += (byte & 0x7f) << shift;
      if (byte < 0x80) break;
    }
    header += 1;
    const total = header + length;
    const kind = bytes[at]! >> 4;
    const { maxPacketBytes } = this.#options;
    if (kind === kinds.publish && total > maxPacketBytes) {
      this.#oversize = { flags: bytes[at]! & 15, header, omitted: total - maxPacketBytes };
      return this.#beginningOfOversize(bytes, at);
    }
    if (total > maxControlBytes) return this.#malformed("a packet that is too large");
    if (bytes.length - at < total) {
      this.#needed = total;
      return 0;
    }
    const end = at + total;
    if (kind === kinds.publish) this.#message(bytes, bytes[at]! & 15, at + header, end, 0);
    else if (kind === kinds.pubrel) {
      if (length < 2) return this.#malformed("a PUBREL without an identifier");
      if (this.#messages) this.#options.onRelease(bytes.readUInt16BE(at + header));
    } else {
      // Before mqtt.js, so that the receiver knows of the session before its first message.
      if (kind === kinds.connack && length >= 2 && bytes[at + header + 1] === 0)
        this.#options.onConnack((bytes[at + header]! & 1) === 1);
      this.push(bytes.subarray(at, end));
    }
    return total;
  }

  #beginningOfOversize(bytes: Buffer, at: number): number {
    const { maxPacketBytes } = this.#options;
    const available = bytes.length - at;
    if (available < maxPacketBytes) {
      this.#needed = maxPacketBytes;
      return 0;
    }
    const { flags, header, omitted } = this.#oversize!;
    this.#oversize = undefined;
    this.#message(bytes, flags, at + header, at + maxPacketBytes, omitted);
    const there = Math.min(available - maxPacketBytes, omitted);
    this.#skip = omitted - there;
    return maxPacketBytes + there;
  }

  #message(bytes: Buffer, flags: number, start: number, end: number, omitted: number): void {
    const message = readPublish(bytes, flags, start, end, this.#options.version, omitted);
    if (message === undefined) this.#malformed("a PUBLISH that cannot be read");
    else if (this.#messages) this.#options.onMessage(message);
  }

  #malformed(what: string): number {
    this.#broken = true;
    this.#options.onMalformed(what);
    return 1;
  }
}
