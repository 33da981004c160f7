import { silentLogger } from "@headwater/core";
import { eventually } from "@headwater/testkit/eventually";
import { createService, enableRule, hotRule, platform, quickConfig } from "./harness.ts";
import { Fleet } from "./fleet.ts";
import { emitted, oracle } from "./oracle.ts";
import { isAllTold } from "./told.ts";
import { isAllToldInGroups } from "./told-in-groups.ts";
import { steadyLoad } from "./waves.ts";

/**
 * A process that raises alerts under load and tells a receiver of them, until it is killed; without load it is ready
 * when all that earlier ones left is told. Arguments: the folder, an epoch for its telemetry, the receiver's URL,
 * whether there is load, whether alerts are told in groups.
 */
const [folder, epoch, url, load, way] = process.argv.slice(2);
const isGrouped = way === "grouped";
const grouping = isGrouped ? { groupBy: ["rule"], groupWait: "200ms", groupInterval: "0s" } : {};
const on = await platform(2, folder);
const rules = await createService(on, quickConfig, silentLogger, {
  ...{ networks: ["127.0.0.0/8"], retryMs: 50, maxRetryMs: 200, breakerMs: 100, attemptMs: 2000 },
});
await rules.app.start();
const { status } = await rules.call("GET", "/api/v1/rules/hot");
if (status === 404)
  await enableRule(rules, hotRule("hot", { actions: [{ webhook: { url }, on: ["raised", "cleared"], ...grouping }] }));
const fleet = new Fleet({ ...on, epoch: Number(epoch) });
if (load === "load") steadyLoad({ fleet }, 1);
else {
  await fleet.mark();
  await eventually(
    async () =>
      (await emitted(on)).alerts.size === (await oracle(on)).alerts.size &&
      (await (isGrouped ? isAllToldInGroups : isAllTold)(on)),
    Boolean,
    240_000,
  );
}
process.stdout.write("ready\n");
