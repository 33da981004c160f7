import type { FrameKind } from "./frame.ts";

/**
 * What the frames of a batch hold and where their values lie, as their writer knows it, so that nobody has to read the
 * frames back. Arrays side by side: a frame costs no object.
 */
export class FrameIndex {
  readonly kinds: FrameKind[] = [];
  readonly partitions: number[] = [];
  readonly ns: number[] = [];
  /** The memory of a key outlives the batch. */
  readonly keys: Uint8Array[] = [];
  /** Of records that are not telemetry, as JSON. */
  readonly headers: (string | undefined)[] = [];
  /** Where the value of each frame begins in the buffer of the batch. */
  readonly values: number[] = [];
  /** Where each frame ends, and its value with it. */
  readonly ends: number[] = [];

  get length(): number {
    return this.ends.length;
  }

  begin(
    kind: FrameKind,
    partition: number,
    n: number,
    key: Uint8Array,
    headers: string | undefined,
    value: number,
  ): void {
    this.kinds.push(kind);
    this.partitions.push(partition);
    this.ns.push(n);
    this.keys.push(key);
    this.headers.push(headers);
    this.values.push(value);
  }

  end(position: number): void {
    this.ends.push(position);
  }

  cancel(): void {
    this.kinds.pop();
    this.partitions.pop();
    this.ns.pop();
    this.keys.pop();
    this.headers.pop();
    this.values.pop();
  }
}
