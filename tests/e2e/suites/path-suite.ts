import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { OpenPlatform, Platform } from "../platform/platform.ts";
import { replayAndCheck } from "../scenario/machine-temperature.ts";
import { recordedDataPresent } from "../scenario/recorded-data.ts";

/**
 * From a device's message to the stored point, the alert and the command that comes back: the same on every kind of
 * platform.
 */
export function pathSuite(name: string, open: OpenPlatform): void {
  describe.skipIf(!recordedDataPresent)(`the whole path on ${name}`, () => {
    let platform: Platform;
    beforeAll(async () => {
      platform = await open();
    });
    afterAll(async () => {
      const codes = await platform?.stop();
      expect(codes?.every((code) => code === 0)).toBe(true);
    });

    it("keeps, judges and answers a recorded series as it was sent", async () => {
      await replayAndCheck(platform, { device: "machine-1", rule: "machine-too-hot" });
    });
  });
}
