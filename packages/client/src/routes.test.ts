import { expect, it } from "vitest";
import type { ApiClient } from "./api-client.ts";
import { pathOf } from "./routes.ts";

it("a path is filled in and encoded", () => {
  expect(pathOf("/api/v1/devices/{id}/commands/{commandId}", { path: { id: "a b/c", commandId: 1 } })).toBe(
    "/api/v1/devices/a%20b%2Fc/commands/1",
  );
  expect(pathOf("/api/v1/devices", { query: { tag: ["site:north", "a:b&c"], type: undefined, limit: 3 } })).toBe(
    "/api/v1/devices?tag=site%3Anorth&tag=a%3Ab%26c&limit=3",
  );
});

/** Only its types matter: it is compiled and never called. */
export async function calls(api: ApiClient): Promise<void> {
  const device = await api.call("POST", "/api/v1/devices", { body: { id: "a", type: "boiler", tags: { site: "x" } } });
  device.revision.toFixed();
  const { points } = await api.call("GET", "/api/v1/devices/{id}/series", {
    path: { id: "a" },
    query: { metric: "t", aggregate: "mean", window: "1m" },
  });
  Number(points[0]![0]).toFixed();
  const rule = await api.call("PUT", "/api/v1/rules/{id}", {
    path: { id: "hot" },
    body: { condition: { metric: "t", above: 80 } },
  });
  rule.state satisfies "draft" | "live" | "shadow" | "disabled" | "warming" | "deleted";
  await api.call("POST", "/api/v1/alerts/{id}/acknowledge", { path: { id: "a" } });
  await api.call("GET", "/api/v1/alerts", {});
  // @ts-expect-error There is no such path.
  await api.call("GET", "/api/v1/device", {});
  // @ts-expect-error The path does not take that method.
  await api.call("DELETE", "/api/v1/devices", {});
  // @ts-expect-error The path has a parameter.
  await api.call("GET", "/api/v1/devices/{id}", {});
  // @ts-expect-error The query needs a metric.
  await api.call("GET", "/api/v1/devices/{id}/series", { path: { id: "a" } });
  // @ts-expect-error There is no such order.
  await api.call("GET", "/api/v1/devices/{id}/series", { path: { id: "a" }, query: { metric: "t", order: "up" } });
  // @ts-expect-error A device needs an id.
  await api.call("POST", "/api/v1/devices", { body: { type: "boiler" } });
}
