import { chunkEnd, chunkHeaderWords, entryWords, maxChunkEntries, needsCommit, sealChunk } from "./recent-chunks.ts";
import type { SessionKey } from "./recent-publishes.ts";

export const firstEntries = 1024;
const high = 0x1_0000_0000;

/** Entries in the making: one buffer for all of a group commit, so that a message costs a few stores. */
export class Notes {
  count = 0;
  /** Whether there is a message among them that became no event. */
  doubtful = false;
  #words: Int32Array<ArrayBuffer>;

  constructor(entries: number) {
    this.#words = new Int32Array(chunkHeaderWords + Math.max(1, entries) * entryWords);
  }

  add(key: SessionKey, packetId: number, hash: number, partition: number, n: number, kind: number): void {
    // While nothing can be made durable, sessions come and go.
    if (this.count === maxChunkEntries) return;
    const at = chunkHeaderWords + this.count * entryWords;
    if (at + entryWords > this.#words.length) {
      const grown = new Int32Array(this.#words.length * 2);
      grown.set(this.#words);
      this.#words = grown;
    }
    const words = this.#words;
    words[at] = key.low;
    words[at + 1] = key.high;
    words[at + 2] = hash | 0;
    words[at + 3] = packetId | (partition << 16);
    words[at + 4] = n | 0;
    words[at + 5] = Math.floor(n / high) | (kind << 16);
    this.count += 1;
    if (n === 0 && needsCommit(kind)) this.doubtful = true;
  }

  seal(generation: number, at: number, flags = 0): Buffer {
    const bytes = Buffer.from(this.#words.buffer, 0, chunkEnd(0, this.count));
    sealChunk(bytes, this.count, generation, at, flags);
    return bytes;
  }

  clear(): void {
    this.count = 0;
    this.doubtful = false;
    // A burst's buffer is not kept for ever.
    if (this.#words.length > 64 * firstEntries * entryWords) {
      this.#words = new Int32Array(chunkHeaderWords + firstEntries * entryWords);
    }
  }
}
