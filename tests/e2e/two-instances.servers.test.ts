import { afterAll, beforeAll, describe, it } from "vitest";
import type { Platform } from "./platform/platform.ts";
import { openOnRealServers } from "./platform/real-servers.ts";
import { replayAndCheck } from "./scenario/machine-temperature.ts";
import { recordedDataPresent } from "./scenario/recorded-data.ts";

const devices = ["machine-1", "machine-2", "machine-3", "machine-4"];

describe.skipIf(!recordedDataPresent)("two instances of each service on eight partitions", () => {
  let platform: Platform;
  beforeAll(async () => {
    platform = await openOnRealServers({ instances: 2, partitions: 8 });
  });
  afterAll(() => platform?.stop());

  it("one of each killed: the same result for every device", async () => {
    const disturbances = [
      { atSent: 4_000, run: () => platform.kill("rules", 0) },
      { atSent: 8_000, run: () => platform.kill("ingest", 0) },
      {
        // What a gateway acked lies on its own disk: it has to come back, its devices wait for it.
        atSent: 12_000,
        async run() {
          await platform.kill("gateway", 0);
          await platform.restart("gateway", 0);
        },
      },
    ];
    await Promise.all(
      devices.map((device, index) =>
        replayAndCheck(platform, {
          device,
          rule: `${device}-too-hot`,
          gateway: index % 2,
          mayRepeat: true,
          gatewayKills: index % 2 === 0 ? 1 : 0,
          ...(index === 0 ? { disturbances } : {}),
        }),
      ),
    );
  });
});
