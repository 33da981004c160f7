import { HeadwaterError, type Logger } from "@headwater/core";
import { deviceOf, separator, type SeriesName } from "./known-series.ts";
import type { SeriesCause } from "./series-limits.ts";

/** The series of a partition that this instance owns. */
export interface HeldSeries {
  readonly signal: AbortSignal;
  /** Of one owner, or of all. */
  known(owner?: string): readonly SeriesName[];
  /** Resolves when all that was read until now is stored, or the partition is lost. */
  stored(): Promise<void>;
  release(gone: readonly SeriesName[]): void;
}

interface SeriesReleaseOptions {
  readonly owned: () => readonly HeldSeries[];
  /** Series that the store has, of a device or of all. */
  readonly inStore: (device?: string) => Promise<readonly SeriesName[]>;
  readonly logger: Logger;
}

/** A device, or the store, that stays full is asked about no more often. */
const againMs = 3_600_000;
/** Devices that are remembered for that; further ones are asked about again. */
const maxRemembered = 1000;

/**
 * Gives back the room of series of which the store has nothing any more: their points have outlived its retention, or
 * somebody has deleted them. It is looked for when a limit is reached, and not before.
 */
export class SeriesRelease {
  readonly #options: SeriesReleaseOptions;
  readonly #askedAt = new Map<string, number>();
  #queue: Promise<void> = Promise.resolve();

  constructor(options: SeriesReleaseOptions) {
    this.#options = options;
  }

  /** A series of that owner was refused. */
  full(held: HeldSeries, owner: string, cause: SeriesCause): void {
    const isOfDevice = cause === "series-per-device";
    const key = isOfDevice ? owner : separator;
    const now = performance.now();
    if (now - (this.#askedAt.get(key) ?? -Infinity) < againMs) return;
    if (this.#askedAt.size >= maxRemembered) this.#askedAt.clear();
    this.#askedAt.set(key, now);
    this.#queue = this.#queue.then(() => this.#look(key, isOfDevice ? { held, owner } : undefined));
  }

  async #look(key: string, of: { readonly held: HeldSeries; readonly owner: string } | undefined): Promise<void> {
    const { owned, inStore, logger } = this.#options;
    // What begins from here on is none of those that are looked for.
    const all = (of === undefined ? owned() : [of.held]).map((held) => ({ held, known: held.known(of?.owner) }));
    try {
      await Promise.all(all.map(({ held }) => held.stored()));
      const there = new Set((await inStore(of === undefined ? undefined : deviceOf(of.owner))).map(keyOf));
      for (const { held, known } of all) {
        const gone = known.filter((each) => !there.has(keyOf(each)));
        if (gone.length === 0 || held.signal.aborted) continue;
        held.release(gone);
        logger.info({ series: gone.length, ...(of && { owner: of.owner }) }, "series that the store has let go of");
      }
    } catch (error) {
      if (!(error instanceof HeadwaterError)) throw error;
      this.#askedAt.delete(key);
      logger.warn({ problem: error.message }, "the store does not say which series it has");
    }
  }
}

function keyOf({ owner, series }: SeriesName): string {
  return `${owner}${separator}${separator}${series}`;
}
