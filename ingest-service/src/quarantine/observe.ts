import type { Metrics } from "@headwater/service";
import { entryStates, type QuarantineSummary } from "./quarantine-queries.ts";

/** What is in quarantine, by the read model, which every instance has whole. */
export function observeQuarantine(metrics: Metrics, summary: () => QuarantineSummary): void {
  metrics.gauge("headwater_ingest_quarantine_entries", "Entries of quarantine by state", ["state"], {
    collect(gauge) {
      const { states } = summary();
      for (const state of entryStates) {
        gauge.labels({ state }).set(states.find((each) => each.state === state)?.entries ?? 0);
      }
    },
  });
  metrics.gauge("headwater_ingest_quarantine_bytes", "Bytes of the entries of quarantine that are kept", [], {
    collect: (gauge) => gauge.set(summary().states.reduce((sum, { bytes }) => sum + bytes, 0)),
  });
  metrics.gauge(
    "headwater_ingest_quarantine_dropped_entries",
    "Entries that waited in quarantine until they were beyond its bound of age or size",
    ["reason"],
    {
      collect(gauge) {
        const { dropped } = summary();
        for (const reason of ["age", "size", "erased"]) {
          gauge.labels({ reason }).set(dropped.find((each) => each.reason === reason)?.entries ?? 0);
        }
      },
    },
  );
}

/** Names the devices of which something waits because of a limit; of more than `limit` that there are more. */
export function limitWarnings(found: readonly { device: string; cause: string }[], limit: number): string[] {
  const named = found
    .slice(0, limit)
    .map(
      ({ device, cause }) =>
        `readings of device ${JSON.stringify(device.slice(0, 200))} are in quarantine, beyond a limit of series (${cause})`,
    );
  return found.length > limit
    ? [...named, "readings of more devices are in quarantine beyond a limit of series"]
    : named;
}
