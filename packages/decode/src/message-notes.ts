/** Notes of names are cut off here (characters). */
const maxNote = 1024;

/** Kinds of notes; each lists the metrics it is true of. */
export type NoteName =
  /** No double comes near the number: it is kept as text. */
  | "kept-as-text"
  /** Null, or a word for it: no reading. */
  | "without-value"
  /** NaN or an infinity: no reading. */
  | "not-a-number"
  /** There, but no telemetry. */
  | "not-read"
  /** Buffered by the sender and sent later. */
  | "historical"
  /** Bytes, as base64url text. */
  | "kept-as-base64";

/** Values that have no reading which says all of them; whole, since they are data. */
export type KeptName =
  /** The digits of a number whose reading is the nearest double. */
  | "exact"
  /** What the sender itself does not trust; the reading beside it is the quality. */
  | "bad-quality";

interface KeptValue {
  readonly sample: number;
  readonly metric: string;
  readonly value: string;
}

/** What a reader of a message's readings has to know beside them. Most messages have nothing of it. */
export class MessageNotes {
  #metrics: Map<NoteName, string[]> | undefined;
  #facts: Map<string, string> | undefined;
  #kept: Map<KeptName, KeptValue[]> | undefined;

  /** Whether metrics were named that have no reading, since they have no value. */
  get hasEmpty(): boolean {
    const noted = this.#metrics;
    return noted !== undefined && (noted.has("without-value") || noted.has("not-a-number"));
  }

  note(name: NoteName, metric: string): void {
    const noted = (this.#metrics ??= new Map()).get(name);
    if (noted === undefined) this.#metrics.set(name, [metric]);
    else if (noted.length < maxNote) noted.push(metric);
  }

  /** Something else. */
  fact(name: string, value: string): void {
    (this.#facts ??= new Map()).set(name, value.slice(0, maxNote).toWellFormed());
  }

  keep(name: KeptName, sample: number, metric: string, value: string): void {
    const kept = (this.#kept ??= new Map()).get(name);
    if (kept === undefined) this.#kept.set(name, [{ sample, metric, value }]);
    else kept.push({ sample, metric, value });
  }

  /** A sample turned out to be none: what was kept of it goes with it. */
  forget(sample: number): void {
    for (const kept of this.#kept?.values() ?? []) while (kept.at(-1)?.sample === sample) kept.pop();
  }

  /** As attributes of an event of so many samples. */
  attributes(samples: number): Record<string, string> | undefined {
    let attributes: Record<string, string> | undefined;
    for (const [name, metrics] of this.#metrics ?? [])
      (attributes ??= {})[name] = metrics.join(",").slice(0, maxNote).toWellFormed();
    for (const [name, value] of this.#facts ?? []) (attributes ??= {})[name] = value;
    for (const [name, kept] of this.#kept ?? []) if (kept.length > 0) (attributes ??= {})[name] = textOf(kept, samples);
    return attributes;
  }
}

/** `{"metric": "value"}`, or `{"index:metric": "value"}` where the message has several samples. */
function textOf(kept: readonly KeptValue[], samples: number): string {
  const members = kept.map(({ sample, metric, value }) => {
    const key = samples === 1 ? metric : `${sample}:${metric}`;
    return `${JSON.stringify(key)}:${JSON.stringify(value)}`;
  });
  return `{${members.join(",")}}`;
}
