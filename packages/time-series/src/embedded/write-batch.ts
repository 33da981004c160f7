/**
 * One write as one transferable buffer, so that it crosses to the worker without a copy, lies in the journal as it came
 * and is read back after a crash:
 *
 *   u32 magic, u32 numbers n, u32 texts m, u32 bytes of the texts' JSON
 *   f64[n] times, f64[n] values, f64[m] times of texts, u32[n] series, u32[m] series of texts, JSON array of the texts
 *
 * Bytes are in the order of the machine, like all data of the worker; the magic tells which one.
 */
const MAGIC = 0x31_77_73_74;
const HEADER_BYTES = 16;

export interface WriteBatch {
  readonly times: Float64Array;
  readonly values: Float64Array;
  readonly series: Uint32Array;
  readonly textTimes: Float64Array;
  readonly textSeries: Uint32Array;
  readonly texts: readonly string[];
}

/** Collects values of one write; grows as needed. */
export class WriteBatchBuilder {
  #capacity: number;
  #length = 0;
  #times: Float64Array;
  #values: Float64Array;
  #series: Uint32Array;
  readonly #textTimes: number[] = [];
  readonly #textSeries: number[] = [];
  readonly #texts: string[] = [];

  constructor(expected: number) {
    this.#capacity = Math.max(16, expected);
    this.#times = new Float64Array(this.#capacity);
    this.#values = new Float64Array(this.#capacity);
    this.#series = new Uint32Array(this.#capacity);
  }

  get isEmpty(): boolean {
    return this.#length === 0 && this.#texts.length === 0;
  }

  addNumber(series: number, time: number, value: number): void {
    const at = this.#length;
    if (at === this.#capacity) this.#grow();
    this.#times[at] = time;
    this.#values[at] = value;
    this.#series[at] = series;
    this.#length = at + 1;
  }

  addText(series: number, time: number, text: string): void {
    this.#textTimes.push(time);
    this.#textSeries.push(series);
    this.#texts.push(text);
  }

  pack(): Uint8Array<ArrayBuffer> {
    const n = this.#length;
    const m = this.#texts.length;
    const json = Buffer.from(m === 0 ? "" : JSON.stringify(this.#texts));
    const bytes = new Uint8Array(HEADER_BYTES + 20 * n + 12 * m + json.length);
    new Uint32Array(bytes.buffer, 0, 4).set([MAGIC, n, m, json.length]);
    const view = layOut(bytes.buffer, 0, n, m);
    view.times.set(this.#times.subarray(0, n));
    view.values.set(this.#values.subarray(0, n));
    view.series.set(this.#series.subarray(0, n));
    view.textTimes.set(this.#textTimes);
    view.textSeries.set(this.#textSeries);
    bytes.set(json, view.jsonAt);
    return bytes;
  }

  #grow(): void {
    this.#capacity *= 2;
    this.#times = grown(this.#times, new Float64Array(this.#capacity));
    this.#values = grown(this.#values, new Float64Array(this.#capacity));
    this.#series = grown(this.#series, new Uint32Array(this.#capacity));
  }
}

/** Views into the bytes; throws RangeError if they are not a packed batch. */
export function unpackWriteBatch(packed: Uint8Array): WriteBatch {
  const bytes = packed.byteOffset % 8 === 0 ? packed : packed.slice();
  if (bytes.length < HEADER_BYTES) throw new RangeError("a packed write is cut short");
  const [magic = 0, n = 0, m = 0, jsonBytes = 0] = new Uint32Array(bytes.buffer, bytes.byteOffset, 4);
  if (magic !== MAGIC || bytes.length !== HEADER_BYTES + 20 * n + 12 * m + jsonBytes) {
    throw new RangeError("bytes are not a packed write of this machine's byte order");
  }
  const { jsonAt, ...view } = layOut(bytes.buffer as ArrayBuffer, bytes.byteOffset, n, m);
  const json = Buffer.from(bytes.buffer, bytes.byteOffset + jsonAt, jsonBytes);
  return { ...view, texts: m === 0 ? [] : (JSON.parse(json.toString()) as string[]) };
}

function layOut(buffer: ArrayBuffer, offset: number, n: number, m: number) {
  const at = offset + HEADER_BYTES;
  return {
    times: new Float64Array(buffer, at, n),
    values: new Float64Array(buffer, at + 8 * n, n),
    textTimes: new Float64Array(buffer, at + 16 * n, m),
    series: new Uint32Array(buffer, at + 16 * n + 8 * m, n),
    textSeries: new Uint32Array(buffer, at + 20 * n + 8 * m, m),
    jsonAt: HEADER_BYTES + 20 * n + 12 * m,
  };
}

function grown<T extends Float64Array | Uint32Array>(from: T, to: T): T {
  to.set(from);
  return to;
}
