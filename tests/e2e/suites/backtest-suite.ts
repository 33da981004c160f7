import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readCsvSeries, replay, shiftToEnd, SimulatedDevice, type Sample } from "@headwater/device-sim";
import { registerDevice, type Schemas } from "@headwater/client";
import { eventually } from "@headwater/testkit/eventually";
import { runCli } from "../../../cli/test/run-cli.ts";
import { machineTemperature, recordedDataPresent } from "../scenario/recorded-data.ts";
import { referenceEpisodes } from "../scenario/reference.ts";
import { ruleInDocs } from "../scenario/rule-in-docs.ts";
import type { OpenPlatform, Platform } from "../platform/platform.ts";

const minute = 60_000_000;
const settleMs = 120_000;

type Backtest = Schemas["Backtest"];

/** The worked example of docs/rules.md, by the command that it shows. */
export function backtestSuite(name: string, open: OpenPlatform): void {
  describe.skipIf(!recordedDataPresent)(`a backtest on ${name}`, () => {
    let platform: Platform;
    let folder: string;
    let samples: readonly Sample[];

    beforeAll(async () => {
      platform = await open();
      folder = mkdtempSync(join(tmpdir(), "headwater-backtest-"));
      samples = shiftToEnd(readCsvSeries(machineTemperature), Math.floor(Date.now() / 1000) * 1_000_000);
      await platform.rules.request("POST", "/api/v1/rules", ruleInDocs("machine-off"));
      await platform.rules.request("POST", "/api/v1/rules/machine-off/enable");
      await eventually(async () => {
        const { state } = await platform.rules.request<{ state: string }>("GET", "/api/v1/rules/machine-off");
        expect(state).toBe("live");
      }, settleMs);
      const { id, token } = await registerDevice(platform.ingest, { id: "machine-1", type: "machine" });
      const device = await SimulatedDevice.connect({ mqttUrl: platform.mqttUrl(), id, token });
      await replay(device, samples, { metric: "temperature", speed: "max", window: 100 });
      await device.close();
    });
    afterAll(async () => {
      await platform?.stop();
      rmSync(folder, { recursive: true, force: true });
    });

    async function tried(rule: unknown, ...options: readonly string[]) {
      const file = join(folder, "rule.json");
      writeFileSync(file, JSON.stringify(rule));
      const address = ["--url", platform.rulesUrl, "--from", "-1h"];
      return runCli(["backtest", file, ...address, ...options], { HEADWATER_TOKEN: platform.token });
    }

    it("finds the same episodes as the rule did live, and those that its words say", async () => {
      const { code, out, err } = await tried(ruleInDocs("machine-off"), "--json");
      expect({ code, err }).toEqual({ code: 0, err: "" });
      const { episodes } = JSON.parse(out) as Backtest;
      const found = episodes.map(({ raisedAt, clearedAt }) => [raisedAt, clearedAt ?? null]);
      const turned = samples.map(({ time, value }) => ({ time, value: -value }));
      const expected = referenceEpisodes(turned, { above: -45, clearBelow: -60, forMicros: 30 * minute });
      expect(
        found.map(([raisedAt, clearedAt]) => [Date.parse(raisedAt!) * 1000, Date.parse(clearedAt!) * 1000]),
      ).toEqual(expected.map(({ raisedAt, clearedAt }) => [raisedAt, clearedAt]));
      await eventually(async () => {
        const { items } = await platform.rules.request<{ items: { raisedAt: string; clearedAt?: string | null }[] }>(
          "GET",
          "/api/v1/alerts?rule=machine-off",
        );
        const live = items.map(({ raisedAt, clearedAt }) => [raisedAt, clearedAt ?? null]);
        expect(live.toSorted(([a], [b]) => (a! < b! ? -1 : 1))).toEqual(found);
      }, settleMs);
    });

    it("draws a draft and its difference to the live rule, as the documentation says", async () => {
      const { condition, ...rule } = ruleInDocs("machine-off");
      const draft = { ...rule, condition: { ...condition, below: 55, clearAbove: 65 } };
      const { code, out, err } = await tried(draft, "--against", "live");
      expect({ code, err }).toEqual({ code: 0, err: "" });
      expect(out).toContain("machine-off (draft): 10 episodes");
      expect(out).toContain("Against revision 1: 8 new, 0 gone, 2 moved, 0 the same");
      expect(out).toMatch(/^machine-1 │[·▒█░]+│ 10$/m);
      expect(out).toMatch(/~ machine-1 .* raised .* earlier/);
    });

    it("says in one line what is wrong with a rule", async () => {
      const { code, out, err } = await tried({ id: "wrong", condition: { metric: "t", above: "hot" } });
      expect({ code, out }).toEqual({ code: 1, out: "" });
      expect(err).toMatch(/^The rule cannot be tried: \/condition\/above .*\n$/);
    });
  });
}
