import type { Metrics } from "@headwater/service";
import type { TimeSeriesStore } from "@headwater/time-series";

/** How much room the store takes, and how far back its classes reach; of a server's store the latter alone. */
export function observeStore(metrics: Metrics, store: Pick<TimeSeriesStore, "usage">): void {
  metrics.gauge("headwater_ingest_store_bytes", "Bytes of the embedded time-series store", [], {
    collect: (gauge) => {
      const bytes = store.usage?.().bytes;
      if (bytes !== undefined) gauge.set(bytes);
    },
  });
  metrics.gauge(
    "headwater_ingest_store_since_seconds",
    "Seconds since the epoch from which on the store has points (raw) and roll-ups; absent where nothing has gone yet",
    ["class"],
    {
      collect: (gauge) => {
        const marks = store.usage?.().marks;
        for (const [name, mark] of Object.entries(marks ?? {})) {
          if (Number.isFinite(mark)) gauge.labels({ class: name }).set(mark / 1e6);
        }
      },
    },
  );
}
