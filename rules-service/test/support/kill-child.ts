import { silentLogger } from "@headwater/core";
import { eventually } from "@headwater/testkit/eventually";
import { createService, derivingRules, enableRule, hotRule, platform, quickConfig, stateRecords } from "./harness.ts";
import { Fleet } from "./fleet.ts";
import { emitted } from "./oracle.ts";
import { steadyLoad } from "./waves.ts";

/**
 * A process that evaluates rules on the embedded log in a folder, under load, until it is killed. Arguments: the
 * folder, an epoch for its telemetry.
 */
const [folder, epoch] = process.argv.slice(2);
const on = await platform(2, folder);
const rules = await createService(on, quickConfig, silentLogger);
await rules.app.start();
const { status } = await rules.call("GET", "/api/v1/rules/hot");
if (status === 404) {
  await enableRule(rules, hotRule("hot"));
  await enableRule(
    rules,
    hotRule("held", { condition: { metric: "temperature", op: ">", threshold: 90, for: "20ms" } }),
  );
  for (const rule of derivingRules) await enableRule(rules, rule);
}
steadyLoad({ fleet: new Fleet({ ...on, epoch: Number(epoch) }) }, 1);
// A kill in the middle of the work, however long a busy machine takes to begin with it.
await eventually(
  async () => {
    const claims = (await stateRecords(on)).filter(({ claim }) => claim !== null);
    return claims.length === Number(epoch) * on.partitions && (await emitted(on)).alerts.size > 10 * Number(epoch);
  },
  Boolean,
  240_000,
);
process.stdout.write("ready\n");
