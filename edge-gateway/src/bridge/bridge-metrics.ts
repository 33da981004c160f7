import type { Metrics } from "@headwater/service";

/** The metrics of each bridge, by its name. */
export function bridgeMetrics(metrics: Metrics) {
  return {
    connected: metrics.gauge("headwater_gateway_bridge_connected", "1 while a bridge is connected to its broker", [
      "bridge",
    ]),
    refusedFilters: metrics.gauge(
      "headwater_gateway_bridge_refused_subscriptions",
      "Subscriptions of a bridge that its broker refused",
      ["bridge"],
    ),
    received: metrics.counter("headwater_gateway_bridge_received_total", "Messages that a bridge received", ["bridge"]),
    ended: metrics.counter(
      "headwater_gateway_bridge_ended_total",
      "Connections of a bridge that ended, or failed, by why",
      ["bridge", "problem"],
    ),
  };
}

export type BridgeMetrics = ReturnType<typeof bridgeMetrics>;
