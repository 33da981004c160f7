import { loadConfig } from "@headwater/service";
import { expect, it } from "vitest";
import { gatewayConfig } from "../config.ts";

const load = (variable: string, ms: number) => loadConfig(gatewayConfig, { env: { [variable]: String(ms) } });

it.each(["HEADWATER_MARK_BUSY_MS", "HEADWATER_MARK_QUIET_MS"])(
  "%s is never so long that rules take a gateway for one that is away (30 s)",
  (variable) => {
    expect(load(variable, 20_000).gateway).toBeDefined();
    expect(() => load(variable, 30_001)).toThrow(variable);
  },
);

it("a client that reads nothing is not cut at once for a time that no timer can keep", () => {
  const { stallTimeoutMs } = load("HEADWATER_MQTT_STALL_TIMEOUT_MS", 86_400_000).limits;
  // The broker's timer is ten times as long; Node makes one millisecond of what does not fit into 31 bits.
  expect(10 * stallTimeoutMs).toBeLessThan(2 ** 31);
  expect(() => load("HEADWATER_MQTT_STALL_TIMEOUT_MS", 3_000_000_000)).toThrow("HEADWATER_MQTT_STALL_TIMEOUT_MS");
});
