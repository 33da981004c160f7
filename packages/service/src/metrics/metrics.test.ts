import { describe, expect, it } from "vitest";
import { InvariantError } from "@headwater/core";
import { createMetrics } from "./index.ts";

function plain() {
  return createMetrics({ service: "gateway", processMetrics: false });
}

describe("metrics", () => {
  it("are exposed in the text format, with the service", async () => {
    const metrics = plain();
    metrics.counter("messages_total", "Messages taken").inc(3);
    metrics.gauge("depth", "Waiting", ["lane"]).labels({ lane: 2 }).set(7);
    const text = await metrics.register.metrics();
    expect(text).toContain("# HELP messages_total Messages taken\n# TYPE messages_total counter\n");
    expect(text).toContain('messages_total{service="gateway"} 3');
    expect(text).toContain('depth{lane="2",service="gateway"} 7');
  });

  it("give the same child for the same labels, and the same metric for the same name", () => {
    const metrics = plain();
    const counter = metrics.counter("c_total", "c", ["a", "b"]);
    const child = counter.labels({ a: "x", b: "y" });
    child.inc();
    counter.labels({ b: "y", a: "x" }).inc(2);
    expect(child.value).toBe(3);
    expect(metrics.counter("c_total", "c", ["a", "b"])).toBe(counter);
    expect(() => metrics.counter("c_total", "c", ["a"])).toThrow(InvariantError);
    expect(() => metrics.gauge("c_total", "c", ["a", "b"])).toThrow(InvariantError);
    expect(() => metrics.counter("no name", "c")).toThrow(InvariantError);
  });

  it("count what has too many label sets as other, and say so", async () => {
    const metrics = plain();
    const counter = metrics.counter("devices_total", "By device", ["device"], { maxSeries: 10 });
    for (let device = 0; device < 1000; device += 1) counter.labels({ device: `d${device}` }).inc();
    counter.labels({ device: "d3" }).inc();
    const text = await metrics.register.metrics();
    expect(text.match(/^devices_total\{/gm)).toHaveLength(11);
    expect(text).toContain('devices_total{device="other",service="gateway"} 990');
    expect(text).toContain('devices_total{device="d3",service="gateway"} 2');
    expect(text).toContain('headwater_metric_series_refused_total{metric="devices_total",service="gateway"} 990');
  });

  it("keep a counter from falling", () => {
    const counter = plain().counter("c_total", "c", ["a"]).labels({ a: "x" });
    counter.inc(5);
    for (const by of [-3, Number.NaN, Number.POSITIVE_INFINITY, 0]) counter.inc(by);
    expect(counter.value).toBe(5);
  });

  it("ask a gauge for its value when it is read", async () => {
    const metrics = plain();
    let depth = 1;
    metrics.gauge("depth", "Waiting", [], { collect: (gauge) => gauge.set(depth) });
    expect(await metrics.register.metrics()).toContain('depth{service="gateway"} 1');
    depth = 2;
    expect(await metrics.register.metrics()).toContain('depth{service="gateway"} 2');
  });

  it("have cumulative buckets, a sum and a count in a histogram", async () => {
    const metrics = plain();
    const histogram = metrics.histogram("seconds", "Time", ["route"], { buckets: [1, 0.1] });
    const child = histogram.labels({ route: "/a" });
    child.observe(0.1);
    child.observe(0.5, 2);
    child.observe(3);
    const text = await metrics.register.metrics();
    expect(text).toContain('seconds_bucket{route="/a",le="0.1",service="gateway"} 1');
    expect(text).toContain('seconds_bucket{route="/a",le="1",service="gateway"} 3');
    expect(text).toContain('seconds_bucket{route="/a",le="+Inf",service="gateway"} 4');
    expect(text).toContain('seconds_sum{route="/a",service="gateway"} 4.1');
    expect(text).toContain('seconds_count{route="/a",service="gateway"} 4');
  });

  it("escape what a label holds", async () => {
    const metrics = plain();
    metrics.counter("c_total", "c", ["a"]).labels({ a: 'x"\n\\' }).inc();
    expect(await metrics.register.metrics()).toContain(String.raw`c_total{a="x\"\n\\",service="gateway"} 1`);
  });

  it("tell of the process itself, each registry for its own", async () => {
    for (const service of ["a", "b"]) {
      const text = await createMetrics({ service }).register.metrics();
      expect(text).toContain(`process_cpu_user_seconds_total{service="${service}"}`);
      expect(text).toContain("nodejs_eventloop_lag_seconds");
    }
  });
});
