import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type FleetSpec, type FleetVerdict, mergeOf, readFleet } from "@headwater/device-sim";
import { eventually } from "@headwater/testkit/eventually";
import type { Platform } from "./platform/platform.ts";
import { fleetRunner, openFleetPlatform, type RunFleet } from "./simulator/fleet-runner.ts";

let platform: Platform;
let run: RunFleet;
beforeAll(async () => {
  platform = await openFleetPlatform();
  run = fleetRunner(platform);
});
afterAll(() => platform.stop());

// Each fleet has devices of its own, and the tests mostly wait: for a fleet's seconds, and for what never comes.
describe.concurrent("a fleet at an honest platform", () => {
  it("of every format and quality of service, with cuts, late, doubled and disordered messages loses nothing", async () => {
    const rate = "10/s";
    const names = ["value", "thingsboard", "tasmota", "shelly", "zigbee2mqtt", "home-assistant", "chirpstack"] as const;
    const others = Object.fromEntries(
      [...names, "the-things-stack" as const].map((format) => [format, { devices: 1, rate: "5/s", format }]),
    );
    const verdict = await run(
      {
        duration: "3s",
        profiles: {
          json: {
            devices: 4,
            rate,
            qos: { 0: "10%", 1: "50%", 2: "40%" },
            delivery: { late: "10%", lateBy: "100ms..1s", missing: "5%", duplicates: "30%", disorder: "5%" },
            connection: { cut: { every: "500ms..1s" } },
          },
          older: {
            devices: 4,
            rate,
            mqttVersion: "3.1.1",
            qos: { 0: "10%", 1: "50%", 2: "40%" },
            delivery: { duplicates: "30%", disorder: "5%" },
            connection: { cut: { every: "500ms..1s" } },
          },
          senml: { devices: 2, rate, format: "senml" },
          "senml-cbor": { devices: 2, rate, format: "senml-cbor" },
          cbor: { devices: 2, rate, format: "cbor", clock: { skew: "-1m..1m", jump: { at: "1s", by: "-10s" } } },
          line: { devices: 2, rate, format: "line" },
          protobuf: { devices: 2, rate, format: "protobuf" },
          ...others,
          logger: {
            devices: 2,
            rate,
            delivery: { storeAndForward: { every: "1s", for: "700ms", order: "newest-first" } },
          },
          sleeper: { devices: 2, rate, connection: { sleep: { every: "1s", awake: "200ms" } } },
          plant: { devices: 4, rate, connection: { outages: { sites: 2, every: "300ms..800ms", for: "300ms" } } },
          hostile: { devices: 1, rate, hostile: "garbage" },
        },
        expect: { duplicated: 0, reordered: 0 },
      },
      { threads: 2 },
    );
    expect(verdict.expectations.filter(({ holds }) => !holds)).toEqual([]);
    const { counts, stored, logged } = verdict;
    // A connection that is not there yet cannot be cut: how many there are is a matter of the machine.
    expect(counts.cuts).toBeGreaterThan(0);
    expect(counts.late).toBeGreaterThan(0);
    expect(counts.repeated).toBeGreaterThan(0);
    expect(counts.acked + counts.unconfirmed).toBe(counts.sent);
    expect(stored!.arrived + stored!.overwritten).toBe(counts.acked);
    expect(logged!.arrived).toBe(counts.acked);
    expect(verdict.content).toMatchObject({ changed: 0, misplaced: 0 });
    expect(verdict.content!.compared).toBeGreaterThan(counts.sent / 2);
    expect(verdict.latency.ack.count).toBe(counts.acked);
    expect(verdict.latency.stored.count).toBeGreaterThan(0);
  });

  it("of Sparkplug's edge nodes and the devices behind them loses nothing, through cuts, sleep and both versions", async () => {
    const node: FleetSpec["profiles"][string] = {
      ...{ format: "sparkplug", rate: "20/s", edgeDevices: 2 },
      metrics: {
        temperature: { shape: "sine", mean: 20, amplitude: 5, period: "2s", dropout: "10%" },
        mode: { shape: "steps", values: ["idle", "busy"], every: "700ms" },
      },
    };
    const verdict = await run({
      duration: "3s",
      profiles: {
        press: { ...node, devices: 3, connection: { cut: { every: "400ms..900ms" } } },
        lathe: {
          ...{ ...node, devices: 2, mqttVersion: "3.1.1", qos: { 0: "20%", 1: "40%", 2: "40%" } },
          delivery: { late: "10%", lateBy: "100ms..500ms", duplicates: "10%", disorder: "5%" },
        },
        meter: { ...node, devices: 1, edgeDevices: 0, connection: { sleep: { every: "1s", awake: "300ms" } } },
      },
      expect: { duplicated: 0, reordered: 0, retimed: 0 },
    });
    expect(verdict.expectations.filter(({ holds }) => !holds)).toEqual([]);
    const { counts, stored, logged, content } = verdict;
    expect(counts.cuts).toBeGreaterThan(0);
    expect(stored!.arrived + stored!.overwritten).toBe(counts.acked);
    expect(logged!.arrived).toBe(counts.acked);
    expect(content).toMatchObject({ changed: 0, misplaced: 0 });
    expect(content!.compared).toBeGreaterThan(counts.sent);
  });

  it("is a hall of Sparkplug as the gallery has it", async () => {
    const file = join(import.meta.dirname, "../../device-sim/fleets/sparkplug.yaml");
    const verdict = await run({ ...readFleet(file).spec, duration: "4s" });
    expect(verdict.expectations.filter(({ holds }) => !holds)).toEqual([]);
    expect(verdict.stored!.arrived + verdict.stored!.overwritten).toBe(verdict.counts.acked);
  });

  it("is the same fleet again by its seed", async () => {
    const spec: FleetSpec = {
      duration: "1s",
      seed: 11,
      profiles: { a: { devices: 2, rate: "20/s", delivery: { missing: "20%", duplicates: "10%" } } },
    };
    const [first, second] = [await run(spec), await run(spec)];
    expect([first.holds, second.holds]).toEqual([true, true]);
    expect(first.scheduled).toBe(second.scheduled);
  });

  it("counts no latency of what was due in its warm-up, and judges it all the same", async () => {
    const profiles = { steady: { devices: 2, rate: "10/s" } };
    const { counts, latency, lag, holds } = await run({ duration: "2s", load: { warmUp: "1s" }, profiles });
    expect({ acked: counts.acked, acks: latency.ack.count, lags: lag.count, holds }).toEqual({
      acked: 40,
      acks: 20,
      lags: 20,
      holds: true,
    });
    expect(latency.stored.count).toBe(20);
  });

  it("gets each command that its values call for, and says how long that took", async () => {
    const rule = {
      id: "too-hot",
      selector: { types: ["oven"] },
      condition: { metric: "temperature", above: 50 },
      actions: [{ command: { name: "cool", ttl: "10m" } }],
    };
    await platform.rules.request("POST", "/api/v1/rules", rule);
    await platform.rules.request("POST", "/api/v1/rules/too-hot/enable");
    await eventually(async () => {
      const { state } = await platform.rules.request<{ state: string }>("GET", "/api/v1/rules/too-hot");
      expect(state).toBe("live");
    });
    const temperature = { shape: "spikes", base: 20, height: 60, every: "1s", for: "300ms" } as const;
    const verdict = await run({
      duration: "3s",
      profiles: {
        oven: {
          devices: 3,
          rate: "10/s",
          metrics: { temperature, mode: { shape: "steps", values: ["idle", "busy"], every: "500ms" } },
        },
      },
      expect: {
        alerts: [{ rule: "too-hot", metric: "temperature", above: 50 }],
        commands: [{ name: "cool", metric: "temperature", above: 50 }],
        commandsAnswered: "100%",
        p99: { command: "2m" },
      },
    });
    expect(verdict.expectations.filter(({ holds }) => !holds)).toEqual([]);
    const [cool] = verdict.commands;
    expect(cool!.expected).toBeGreaterThanOrEqual(6);
    expect([cool!.received, verdict.latency.command.count]).toEqual([cool!.expected, cool!.expected]);
    expect(verdict.content).toMatchObject({ changed: 0, compared: 2 * verdict.counts.sent });
  });

  it("with wrong clocks is told of all that came, and of each alert, wherever its time lies", async () => {
    const rule = { id: "too-wet", selector: { types: ["cellar"] }, condition: { metric: "humidity", above: 50 } };
    await platform.rules.request("POST", "/api/v1/rules", rule);
    await platform.rules.request("POST", "/api/v1/rules/too-wet/enable");
    await eventually(async () => {
      const { state } = await platform.rules.request<{ state: string }>("GET", "/api/v1/rules/too-wet");
      expect(state).toBe("live");
    });
    const humidity = { shape: "spikes", base: 20, height: 60, every: "1s", for: "300ms" } as const;
    const cellar = { type: "cellar", devices: 2, rate: "10/s", metrics: { humidity } } as const;
    const verdict = await run({
      duration: "3s",
      profiles: {
        behind: { ...cellar, clock: { skew: "-90s" } },
        // Neither of these is plausible: Headwater keeps the time at which they came.
        ahead: { ...cellar, clock: { skew: "1h" } },
        lastYear: { ...cellar, clock: { skew: "-400d" } },
      },
      expect: { duplicated: 0, reordered: 0, alerts: [{ rule: "too-wet", metric: "humidity", above: 50 }] },
    });
    expect(verdict.expectations.filter(({ holds }) => !holds)).toEqual([]);
    expect(verdict.content!.retimed).toBeGreaterThan(verdict.counts.sent / 2);
  });

  it("that is interrupted before it sends has no verdict: one of nothing would say that nothing was lost", async () => {
    const spec: FleetSpec = { duration: "1s", profiles: { a: { devices: 3 } } };
    await expect(run(spec, { signal: AbortSignal.abort() })).rejects.toThrow("interrupted before anything was sent");
  });

  it("that is interrupted ends with the verdict so far", async () => {
    const stop = new AbortController();
    const verdict = await run(
      { duration: "10m", profiles: { a: { devices: 5, rate: "10/s" } } },
      { signal: stop.signal, onAcked: () => stop.abort() },
    );
    expect(verdict.seconds).toBeLessThan(300);
    expect(verdict.counts.acked).toBeGreaterThan(0);
    expect(verdict.counts.acked).toBe(verdict.counts.sent);
    expect(verdict.stored).toMatchObject({ lost: 0, arrived: verdict.counts.acked });
  });
});

describe.concurrent("a fleet in parts", () => {
  it("is registered by imports, and judged as one of what its parts say", async () => {
    const spec: FleetSpec = { duration: "2s", profiles: { a: { devices: 220, rate: "1/s" } } };
    const prefix = "parts-";
    const parts: FleetVerdict[] = [];
    for (const part of [1, 2]) parts.push(await run(spec, { share: [part, 2], prefix }));
    const whole = mergeOf(parts.map((part) => JSON.parse(JSON.stringify(part)) as FleetVerdict));
    expect(whole.expectations.filter(({ holds }) => !holds)).toEqual([]);
    expect([whole.devices, whole.share]).toEqual([220, undefined]);
    expect(whole.counts.acked).toBe(parts[0]!.counts.acked + parts[1]!.counts.acked);
    expect(whole.stored).toMatchObject({ arrived: whole.counts.acked, lost: 0 });
    expect(whole.latency.ack.count).toBe(whole.counts.acked);
    // Devices that are there get a further token.
    const again = await run(spec, { share: [2, 2], prefix });
    expect([again.devices, again.refused, again.counts.acked > 0]).toEqual([110, [], true]);
  });
});
