import type { Metrics } from "@headwater/service";
import type { Endpoints } from "./endpoints.ts";

/** Metrics of the dispatch of actions. Endpoints are named in health, so that rules make no series. */
export function actionMetrics(metrics: Metrics, endpoints: Pick<Endpoints, "waiting" | "failing">) {
  metrics.gauge("headwater_actions_waiting", "Actions that wait to be delivered", [], {
    collect: (gauge) => gauge.set(endpoints.waiting),
  });
  metrics.gauge("headwater_actions_endpoints_failing", "Endpoints whose newest attempt failed", [], {
    collect: (gauge) => gauge.set(endpoints.failing),
  });
  return {
    requested: metrics.counter("headwater_actions_requested_total", "Actions requested by transitions of alerts", [
      "kind",
    ]),
    attempts: metrics.counter("headwater_actions_attempts_total", "Attempts to deliver actions", ["kind", "outcome"]),
    ended: metrics.counter("headwater_actions_ended_total", "Actions that have ended", ["kind", "outcome"]),
    attemptSeconds: metrics.histogram("headwater_actions_attempt_seconds", "Time of an attempt to deliver an action", [
      "kind",
    ]),
  };
}

export type ActionMetrics = ReturnType<typeof actionMetrics>;
