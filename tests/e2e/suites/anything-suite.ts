import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sleep } from "@headwater/core";
import { Chance } from "../anything/chance.ts";
import { Fleet } from "../anything/fleet.ts";
import { expectAcked, expectAlerts, expectBalance, expectEnds } from "../anything/order.ts";
import { People } from "../anything/people.ts";
import type { OpenPlatform, Platform, ServiceName } from "../platform/platform.ts";

const seed = Number(process.env["PROPERTY_SEED"] ?? 20261129) || Date.now() % 2 ** 32;
const devices = 20;
const people = 3;
/** How long all goes on before each kill (milliseconds). */
const betweenMs = 6_000;
/** Few, so that devices run into it. */
const settings = { HEADWATER_INGEST_SERIES_PER_DEVICE: "12" };

interface Scene {
  /** Of which the first instance is killed. */
  readonly services: readonly ServiceName[];
  readonly instances: number;
  /** 0: not now. */
  readonly kills: number;
}

/**
 * Devices and people do anything at all while processes are killed; then all comes to rest, and what each part says
 * agrees with the others. It finds what nobody has thought of; a seed repeats what is done, not how it falls together.
 * With FAULT_SCALE=full and FAULT_ROUNDS=20 it goes on for twenty kills, with PROPERTY_SEED=random otherwise each time.
 */
export function anythingSuite(name: string, open: OpenPlatform, scene: Scene): void {
  const { services, instances, kills } = scene;
  describe.skipIf(kills === 0)(`anything at once on ${name}, seed ${seed}`, () => {
    const chance = new Chance(seed);
    let platform: Platform;
    let fleet: Fleet;
    beforeAll(async () => {
      platform = await open({ instances, settings });
      fleet = new Fleet(platform, chance, devices, instances);
    });
    afterAll(async () => {
      fleet?.close();
      await platform?.stop();
    });

    it("comes to an order in which nothing is lost, stuck or left over", async () => {
      const crowd = new People(platform, fleet, chance);
      await crowd.begin();
      const over = new AbortController();
      const work = Promise.all([
        fleet.send(over.signal),
        ...Array.from({ length: people }, () => crowd.act(over.signal)),
      ]);
      for (let kill = 0; kill < kills; kill += 1) {
        await sleep(betweenMs);
        const service = chance.of(services);
        await platform.kill(service, 0);
        await platform.restart(service, 0);
      }
      await sleep(betweenMs);
      over.abort();
      await work;
      expect(crowd.faults).toEqual([]);
      await expectEnds(platform, fleet);
      await expectBalance(platform);
      await expectAcked(platform, fleet);
    });

    it("is the same after a restart", async () => {
      const before = await expectAlerts(platform);
      for (const service of services) {
        await platform.kill(service, 0);
        await platform.restart(service, 0);
      }
      expect(await expectAlerts(platform)).toEqual(before);
      await expectBalance(platform);
    });
  });
}
