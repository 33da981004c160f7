/** Keeps count of the retained messages of all topics. */
export class RetainedBounds {
  readonly #maxCount: number;
  readonly #maxBytes: number;
  readonly #sizes = new Map<string, number>();
  #bytes = 0;

  constructor(maxCount: number, maxBytes: number) {
    this.#maxCount = maxCount;
    this.#maxBytes = maxBytes;
  }

  /** Whether no topic retains anything. */
  get isEmpty(): boolean {
    return this.#sizes.size === 0;
  }

  /**
   * Takes note of what a topic retains now (0 bytes: nothing); false if there is no room for it, and then it retains
   * nothing.
   */
  keep(topic: string, payloadBytes: number): boolean {
    const before = this.#sizes.get(topic);
    if (before !== undefined) {
      this.#sizes.delete(topic);
      this.#bytes -= before;
    }
    if (payloadBytes === 0) return true;
    const bytes = topic.length + payloadBytes;
    if (this.#sizes.size >= this.#maxCount || this.#bytes + bytes > this.#maxBytes) return false;
    this.#sizes.set(topic, bytes);
    this.#bytes += bytes;
    return true;
  }
}
