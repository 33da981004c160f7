import { eachOf } from "./each-of.ts";
import type { StoredDevice, StoreReader } from "./readers/reader.ts";
import type { Value } from "../signals/signal.ts";

/** A value that is not there, or another than was sent. */
export interface ChangedValue {
  readonly device: string;
  readonly seq: number;
  readonly metric: string;
  readonly sent: Value;
  /** null: nothing. */
  readonly found: unknown;
}

/** What stored messages say, held against what was sent: that a message is there does not mean that it is whole. */
export interface Content {
  /** Values that were held against each other. */
  readonly compared: number;
  readonly changed: number;
  readonly changes: readonly ChangedValue[];
  /** Messages that lie at another time than their device gave them. */
  readonly retimed: number;
  readonly retimes: readonly { readonly device: string; readonly seq: number; readonly byMs: number }[];
  /** Lost messages that lie with another device. */
  readonly misplaced: number;
  readonly misplacements: readonly { readonly device: string; readonly seq: number; readonly foundAs: string }[];
}

const mostExamples = 100;

/** `storedName`: what the store calls a metric of a device. */
export async function compareContent(
  store: StoreReader,
  devices: readonly StoredDevice[],
  storedName: (device: string, metric: string) => string,
  hurry?: AbortSignal,
): Promise<Content | undefined> {
  if (store.eachValue === undefined) return undefined;
  const found = new ContentCount();
  await eachOf(devices, async (device) => {
    if (hurry?.aborted === true) return;
    const seqAt = await found.takePoints(store, device);
    for (const metric of metricsOf(device)) {
      const values = new Map<number, unknown>();
      await store.eachValue!(device, storedName(device.id, metric), (time, value) => void values.set(time, value));
      found.takeValues(device, metric, seqAt, values, store.keepsText);
    }
  });
  // Of a part it is not known which.
  return hurry?.aborted === true ? undefined : found.result();
}

function metricsOf({ sent }: StoredDevice): ReadonlySet<string> {
  return new Set((sent.readings ?? []).flatMap((readings) => readings.map(([metric]) => metric)));
}

class ContentCount {
  #compared = 0;
  #changed = 0;
  readonly #changes: ChangedValue[] = [];
  #retimed = 0;
  readonly #retimes: { device: string; seq: number; byMs: number }[] = [];
  /** Points that are not their device's, and messages that are not there, by number and time. */
  readonly #strays = new Map<string, string>();
  readonly #absent = new Map<string, { device: string; seq: number }>();

  /** Answers which message lies at which time; times that several have are left out. */
  async takePoints(store: StoreReader, device: StoredDevice): Promise<ReadonlyMap<number, number>> {
    const { id, sent } = device;
    const seqAt = new Map<number, number>();
    const shared = new Set<number>();
    const elsewhere: { time: number; seq: number }[] = [];
    const there = new Set<number>();
    await store.eachPoint(device, (time, seq) => {
      if (seqAt.has(time)) shared.add(time);
      if (sent.times[seq - 1] === time) {
        there.add(seq);
        seqAt.set(time, seq);
      } else elsewhere.push({ time, seq });
    });
    const mine = new Set<number>();
    for (const time of sent.times) (mine.has(time) ? shared : mine).add(time);
    for (const { time, seq } of elsewhere) {
      // One that is there besides, or that was never sent, is somebody else's.
      if (there.has(seq) || !(seq >= 1 && seq <= sent.times.length)) {
        this.#strays.set(`${seq} ${time}`, id);
        continue;
      }
      there.add(seq);
      if (seqAt.has(time)) shared.add(time);
      seqAt.set(time, seq);
      if (device.isUntimed === true) continue;
      this.#retimed += 1;
      if (this.#retimes.length < mostExamples)
        this.#retimes.push({ device: id, seq, byMs: time - sent.times[seq - 1]! });
    }
    for (let seq = 1; seq <= sent.times.length; seq++) {
      if (sent.acked[seq - 1] === 1 && !there.has(seq))
        this.#absent.set(`${seq} ${sent.times[seq - 1]!}`, { device: id, seq });
    }
    for (const time of shared) seqAt.delete(time);
    return seqAt;
  }

  takeValues(
    { id, sent }: StoredDevice,
    metric: string,
    seqAt: ReadonlyMap<number, number>,
    values: ReadonlyMap<number, unknown>,
    keepsText: boolean,
  ): void {
    for (const [time, seq] of seqAt) {
      const value = sent.readings![seq - 1]!.find(([name]) => name === metric)?.[1];
      if (value === undefined || (typeof value === "string" && !keepsText)) continue;
      const found = values.get(time);
      this.#compared += 1;
      if (isSame(value, found)) continue;
      this.#changed += 1;
      if (this.#changes.length < mostExamples)
        this.#changes.push({ device: id, seq, metric, sent: value, found: found ?? null });
    }
  }

  result(): Content {
    const misplacements = [...this.#absent].flatMap(([key, { device, seq }]) => {
      const foundAs = this.#strays.get(key);
      return foundAs === undefined ? [] : [{ device, seq, foundAs }];
    });
    return {
      ...{ compared: this.#compared, changed: this.#changed, changes: this.#changes },
      ...{ retimed: this.#retimed, retimes: this.#retimes },
      ...{ misplaced: misplacements.length, misplacements: misplacements.slice(0, mostExamples) },
    };
  }
}

/** A store may keep a boolean as a number. */
function isSame(sent: Value, found: unknown): boolean {
  return sent === found || (typeof sent === "boolean" && found === Number(sent));
}

/** Of several parts of a fleet; undefined as soon as one part does not know. */
export function sumOfContents(parts: readonly (Content | undefined)[]): Content | undefined {
  const known = parts.filter((part) => part !== undefined);
  if (known.length < parts.length) return undefined;
  const total = (key: "compared" | "changed" | "retimed" | "misplaced"): number =>
    known.reduce((sum, each) => sum + each[key], 0);
  return {
    ...{ compared: total("compared"), changed: total("changed"), retimed: total("retimed") },
    misplaced: total("misplaced"),
    changes: known.flatMap(({ changes }) => changes).slice(0, mostExamples),
    retimes: known.flatMap(({ retimes }) => retimes).slice(0, mostExamples),
    misplacements: known.flatMap(({ misplacements }) => misplacements).slice(0, mostExamples),
  };
}
