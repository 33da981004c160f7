import { createMetrics } from "@headwater/service";
import { expect, it } from "vitest";
import { gatewayMetrics } from "./gateway-metrics.ts";

it("shows what an alert waits for from the start, so that its first rise is one", async () => {
  const metrics = createMetrics({ service: "test", processMetrics: false });
  gatewayMetrics(metrics);
  const text = await metrics.register.metrics();
  for (const reason of ["drop-newest", "drop-oldest", "age", "corrupt", "log-refused"]) {
    expect(text).toContain(`headwater_gateway_dropped_total{reason="${reason}",service="test"} 0`);
  }
  expect(text).toContain('headwater_gateway_quarantined_total{reason="decode",service="test"} 0');
});
