import { nowMicros } from "@headwater/core";
import type { Metrics } from "@headwater/service";
import type { DurablePath } from "../pipeline/durable-path.ts";
import { logStates } from "../pipeline/forward/log-health.ts";
import type { Lanes } from "../pipeline/lanes/lanes.ts";

/** What waits for the log, and how the log does. */
export function observeSpool(metrics: Metrics, path: DurablePath, lanes: Lanes): void {
  const { spooling, health } = path;
  metrics.gauge(
    "headwater_gateway_log_state",
    "1 for what the event log is to the gateway, 0 for what it is not",
    ["state"],
    {
      collect: (gauge) => {
        const now = health.state;
        for (const state of logStates) gauge.labels({ state }).set(state === now ? 1 : 0);
      },
    },
  );
  metrics.gauge("headwater_gateway_spool_bytes", "Bytes of the spool on disk", [], {
    collect: (gauge) => gauge.set(spooling?.spool.bytes ?? 0),
  });
  metrics.gauge("headwater_gateway_spool_waiting_bytes", "Bytes of the spool that wait for the event log", [], {
    collect: (gauge) => gauge.set(spooling?.spool.files.bytesAfter(spooling.forwarder.place) ?? 0),
  });
  metrics.gauge("headwater_gateway_spool_records", "Records with an identity that wait for the event log", [], {
    collect: (gauge) => gauge.set(waitingRecords(path, lanes)),
  });
  metrics.gauge("headwater_gateway_forward_lag_seconds", "Age of the oldest record that waits for the event log", [], {
    collect: (gauge) => {
      const oldest = spooling?.forwarder.oldestReceivedAt;
      gauge.set(oldest === undefined ? 0 : Math.max(0, (nowMicros() - oldest) / 1e6));
    },
  });
  metrics.gauge("headwater_gateway_held_partitions", "Partitions of topics that the others go on without", [], {
    collect: (gauge) => gauge.set(spooling?.forwarder.parkedPartitions ?? 0),
  });
}

/** Given out and not landed. */
function waitingRecords({ spooling }: DurablePath, lanes: Lanes): number {
  if (spooling === undefined) return 0;
  const done = spooling.forwarder.lanesDone;
  return lanes.all.reduce((sum, lane) => sum + Math.max(0, lane.n - (done[lane.partition] ?? 0)), 0);
}
