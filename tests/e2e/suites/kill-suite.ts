import { afterEach, describe, it } from "vitest";
import type { OpenPlatform, Platform, ServiceName } from "../platform/platform.ts";
import { replayAndCheck } from "../scenario/machine-temperature.ts";
import { recordedDataPresent } from "../scenario/recorded-data.ts";

/** kill -9 in mid-replay changes nothing of what is there at the end. */
export function killSuite(name: string, open: OpenPlatform, services: readonly ServiceName[]): void {
  describe.skipIf(!recordedDataPresent)(`kill -9 on ${name}`, () => {
    let platform: Platform | undefined;
    afterEach(async () => {
      await platform?.stop();
      platform = undefined;
    });

    it.each(services)("of %s in mid-replay: the same result at the end", async (service) => {
      platform = await open();
      const running = platform;
      const killAndRestart = async () => {
        await running.kill(service);
        await running.restart(service);
      };
      await replayAndCheck(running, {
        device: "machine-1",
        rule: "machine-too-hot",
        mayRepeat: true,
        gatewayKills: service === "gateway" ? 2 : 0,
        window: 20,
        disturbances: [
          { atSent: 3_000, run: killAndRestart },
          { atSent: 12_000, run: killAndRestart },
        ],
      });
    });
  });
}
