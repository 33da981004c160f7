import { StoreUnavailableError, type Point, type TimeSeriesStore, type WriteResult } from "@headwater/time-series";
import { UnknownOutcomeError } from "@headwater/core";

export type Mood = "well" | "away" | "forgetful";

/** A real store that can be away, or take a write and not tell. */
export class FlakyStore implements TimeSeriesStore {
  mood: Mood = "well";
  /** The points of every write, in order. */
  readonly writes: (readonly Point[])[] = [];
  readonly #store: TimeSeriesStore;

  constructor(store: TimeSeriesStore) {
    this.#store = store;
  }

  async write(points: readonly Point[]): Promise<WriteResult> {
    this.writes.push(points);
    if (this.mood === "away") throw new StoreUnavailableError("The store is away", { retryAfterMs: 10 });
    const result = await this.#store.write(points);
    if (this.mood === "forgetful") {
      this.mood = "well";
      throw new UnknownOutcomeError("The answer was lost");
    }
    return result;
  }

  query: TimeSeriesStore["query"] = (query) => this.#store.query(query);
  classes: TimeSeriesStore["classes"] = (query) => this.#store.classes(query);
  latest: TimeSeriesStore["latest"] = (measurement, tags) => this.#store.latest(measurement, tags);
  latestPage: TimeSeriesStore["latestPage"] = (...asked) => this.#store.latestPage(...asked);
  latestOf: TimeSeriesStore["latestOf"] = (...asked) => this.#store.latestOf(...asked);
  newestTimes: TimeSeriesStore["newestTimes"] = (measurement) => this.#store.newestTimes(measurement);
  listSeries: TimeSeriesStore["listSeries"] = (measurement, tags) => this.#store.listSeries(measurement, tags);
  tagValues: TimeSeriesStore["tagValues"] = (...asked) => this.#store.tagValues(...asked);
  deleteRange: TimeSeriesStore["deleteRange"] = (...range) => this.#store.deleteRange(...range);
  health: TimeSeriesStore["health"] = () => this.#store.health();

  async close(): Promise<void> {
    // The opener closes it.
  }
}
