import { silentLogger } from "@headwater/core";
import { createService, enableRule, hotRule, platform, quickConfig } from "./harness.ts";
import { Fleet } from "./fleet.ts";
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
}
steadyLoad({ fleet: new Fleet({ ...on, epoch: Number(epoch) }) }, 1);
process.stdout.write("ready\n");
