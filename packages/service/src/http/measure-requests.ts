import type { Metrics } from "../metrics/metrics.ts";
import type { HttpApp } from "./type-provider.ts";

/** Counts and times requests by route (its pattern, never its path: that would be a series a device). */
export function measureRequests(app: HttpApp, metrics: Metrics): void {
  const requests = metrics.counter(
    "headwater_http_requests_total",
    "HTTP requests answered",
    ["method", "route", "status"],
    {
      maxSeries: 500,
    },
  );
  const seconds = metrics.histogram("headwater_http_request_seconds", "Time from a request to the end of its answer", [
    "route",
  ]);
  app.addHook("onResponse", async (request, reply) => {
    const route = request.is404 ? "none" : (request.routeOptions.url ?? "none");
    requests.labels({ method: request.method, route, status: reply.statusCode }).inc();
    seconds.labels({ route }).observe(reply.elapsedTime / 1000);
  });
}
