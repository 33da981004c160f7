import { type KnownSeries, separator, type SeriesName } from "./known-series.ts";
import type { SeriesCause, SeriesLimits, SeriesTotal } from "./series-limits.ts";

/** A series that is new, in the record at that offset. */
export interface NewSeries {
  readonly offset: number;
  readonly owner: string;
  readonly series: string;
}

/** How many series began in the minute of append time that was counted last. */
export interface NewSeriesMinute {
  readonly minute: number;
  readonly count: number;
}

export const noMinute: NewSeriesMinute = { minute: 0, count: 0 };

/** Decides on each series that is not known to have been let in before. */
export interface SeriesGate {
  /** Why it is not let in; undefined: it is, now and from now on. */
  refuse(device: string, owner: string, series: string): SeriesCause | undefined;
}

export interface SeriesGuardOptions {
  readonly known: KnownSeries;
  readonly minute: NewSeriesMinute;
  readonly limits: SeriesLimits;
  readonly total: SeriesTotal;
  /** A limit of its own that the device was given. */
  limitOf(device: string): number | undefined;
}

const minuteMicros = 60_000_000;

/**
 * The series of one partition, decided on in the order of its log: by what was let in before and by append time
 * alone, so that whoever catches up decides as it was decided live. What the store may have in all partitions is the
 * exception.
 */
export class SeriesGuard implements SeriesGate {
  readonly #options: SeriesGuardOptions;
  #minute: number;
  #count: number;
  #offset = 0;
  #isExempt = false;
  #added: NewSeries[] = [];
  /** Told whenever a series is refused since its device, or the store, has as many as it may. */
  onFull?: (owner: string, cause: SeriesCause) => void;

  constructor(options: SeriesGuardOptions) {
    this.#options = options;
    ({ minute: this.#minute, count: this.#count } = options.minute);
  }

  get minute(): NewSeriesMinute {
    return { minute: this.#minute, count: this.#count };
  }

  /** The record whose series are asked about from now on. */
  turnTo(offset: number, appendTime: number): void {
    this.#offset = offset;
    this.#isExempt = false;
    const minute = Math.floor(appendTime / minuteMicros);
    if (minute <= this.#minute) return;
    this.#minute = minute;
    this.#count = 0;
  }

  /** As `turnTo`, for a record that is projected again: it counts in no minute. */
  turnBackTo(offset: number): void {
    this.#offset = offset;
    this.#isExempt = true;
  }

  refuse(device: string, owner: string, series: string): SeriesCause | undefined {
    const { known, limits, total } = this.#options;
    if (known.has(owner, series)) return undefined;
    const isDeviceFull = known.countOf(owner) >= (this.#options.limitOf(device) ?? limits.seriesPerDevice);
    if (isDeviceFull || total.isFull) {
      const cause = isDeviceFull ? "series-per-device" : "series-per-store";
      this.onFull?.(owner, cause);
      return cause;
    }
    if (!this.#isExempt) {
      if (this.#count >= limits.newSeriesPerMinute) return "new-series-rate";
      this.#count += 1;
    }
    known.add(owner, series);
    total.count += 1;
    this.#added.push({ offset: this.#offset, owner, series });
    return undefined;
  }

  /** What was let in since the last call. */
  takeAdded(): readonly NewSeries[] {
    const added = this.#added;
    this.#added = [];
    return added;
  }

  forget(owner: string): void {
    const { known, total } = this.#options;
    total.count -= known.countOf(owner);
    known.forget(owner);
  }

  /** Whether it was let in, and neither deleted nor let go of since. */
  knows({ owner, series }: SeriesName): boolean {
    return this.#options.known.has(owner, series);
  }

  /** As `KnownSeries.of`. */
  known(owner?: string): readonly SeriesName[] {
    return [...this.#options.known.of(owner)];
  }

  /** The store has let go of these. */
  release(gone: readonly SeriesName[]): void {
    const { known, total } = this.#options;
    for (const { owner, series } of gone) if (known.remove(owner, series)) total.count -= 1;
  }

  /** The partition is another instance's now. */
  end(): void {
    this.#options.total.count -= this.#options.known.size;
  }
}

/** Metrics of a record that were set aside, for want of room for their series or for what they are. */
interface SetAside {
  /** Empty: the whole record. */
  readonly first: ReadonlySet<string>;
  readonly now: ReadonlySet<string> | undefined;
  readonly isOfSeries: boolean;
}

/** Lets in what an earlier instance let in: all that it did not quarantine for its series. */
export class RecountGate implements SeriesGate {
  readonly #heard = new Map<string, RecountedSeries["series"][number]>();
  #minute = 0;
  #aside: SetAside | undefined;

  turnTo(appendTime: number, aside: SetAside | undefined): void {
    this.#minute = Math.max(this.#minute, Math.floor(appendTime / minuteMicros));
    this.#aside = aside;
  }

  refuse(_device: string, owner: string, series: string): SeriesCause | undefined {
    const key = `${owner}${separator}${separator}${series}`;
    if (this.#aside !== undefined) {
      const metric = series.split(separator, 1)[0]!;
      // What was re-driven since has a series, although it was not stored with its record.
      if (isAmong(this.#aside.now, metric)) return this.#aside.isOfSeries ? "series-per-device" : undefined;
      if (isAmong(this.#aside.first, metric)) {
        if (!this.#heard.has(key)) this.#heard.set(key, { owner, series, minute: 0 });
        return this.#aside.isOfSeries ? "series-per-device" : undefined;
      }
    }
    if (!this.#heard.has(key)) this.#heard.set(key, { owner, series, minute: this.#minute });
    return undefined;
  }

  heard(): RecountedSeries {
    return { series: [...this.#heard.values()], minute: this.#minute };
  }
}

function isAmong(metrics: ReadonlySet<string> | undefined, metric: string): boolean {
  return metrics !== undefined && (metrics.size === 0 || metrics.has(metric));
}

/** Series that were heard in a range of the log, and the last minute of append time of it. */
export interface RecountedSeries {
  readonly series: readonly {
    readonly owner: string;
    readonly series: string;
    /** In which it was heard first; 0 if it counts in none. */
    readonly minute: number;
  }[];
  readonly minute: number;
}
