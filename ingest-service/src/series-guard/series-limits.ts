/** Why a reading is not stored, as entries of quarantine name it. */
export const seriesCauses = ["series-per-device", "series-per-store", "new-series-rate"] as const;
export type SeriesCause = (typeof seriesCauses)[number];

export function isSeriesCause(cause: string): cause is SeriesCause {
  return (seriesCauses as readonly string[]).includes(cause);
}

export interface SeriesLimits {
  readonly seriesPerDevice: number;
  readonly seriesPerStore: number;
  /** In a minute of append time, of a partition. */
  readonly newSeriesPerMinute: number;
}

/** The attribute of a device by which it may have more series, or has to do with fewer, than others. */
export const seriesLimitAttribute = "seriesLimit";

export function reasonOf(cause: SeriesCause, limits: SeriesLimits): string {
  const { seriesPerDevice, seriesPerStore, newSeriesPerMinute } = limits;
  switch (cause) {
    case "series-per-device":
      return (
        `The device has as many series as it may (${seriesPerDevice}); raise HEADWATER_INGEST_SERIES_PER_DEVICE, ` +
        `or its attribute ${seriesLimitAttribute}, and re-drive`
      );
    case "series-per-store":
      return `The store has as many series as it may (${seriesPerStore}); raise HEADWATER_INGEST_SERIES_PER_STORE and re-drive`;
    case "new-series-rate":
      return (
        `More than ${newSeriesPerMinute} new series began in this minute of the partition ` +
        "(HEADWATER_INGEST_NEW_SERIES_PER_MINUTE); re-drive what is meant to be there"
      );
  }
}

/** The series of all partitions that this instance owns, against its part of what the store may have. */
export class SeriesTotal {
  readonly #perStore: number;
  readonly #partitions: number;
  count = 0;
  owned = 0;

  constructor(perStore: number, partitions: number) {
    this.#perStore = perStore;
    this.#partitions = partitions;
  }

  /** Of one instance that owns every partition, all of it: exactly. */
  get isFull(): boolean {
    const part = Math.min(1, this.owned / this.#partitions);
    return this.count >= Math.ceil(this.#perStore * part);
  }
}
