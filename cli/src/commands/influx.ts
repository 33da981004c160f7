import { retrying } from "@headwater/core";
import { loadConfig } from "@headwater/service";
import { timeSeriesSettings } from "@headwater/time-series";
import { InfluxApi } from "../influx/influx-api.ts";
import { InfluxStack } from "../influx/influx-stack.ts";
import { ownTemplate, readTemplate } from "../influx/template.ts";
import { allSettings, knownElsewhere } from "../start/settings.ts";
import { columns, shown } from "../text/columns.ts";
import { UsageError } from "./command-error.ts";
import type { Command } from "./command.ts";
import { didYouMean } from "./did-you-mean.ts";
import { parseOptions } from "./options.ts";

const usage = `headwater influx: Headwater's dashboards and checks in InfluxDB itself

  apply              puts them into the organization, for its bucket; again, it changes what differs
  remove             takes away what apply put there

  --file FILE        another template than deploy/influxdb/headwater.yml
  --dry-run          says what apply would do, and does nothing
  -h, --help

HEADWATER_INFLUX_URL, _ORG and _BUCKET say where. HEADWATER_INFLUX_TOKEN, or the file that HEADWATER_INFLUX_TOKEN_FILE
names, is a token that may make dashboards, variables, labels and checks: the operator's, or an all-access one of the
organization.`;

const actions = ["apply", "remove"];

export const influxCommand: Command = {
  name: "influx",
  summary: "dashboards and checks in InfluxDB itself",
  async run(args, { env }) {
    const { values, positionals } = parseOptions(
      "influx",
      args,
      { file: { type: "string" }, "dry-run": { type: "boolean", default: false } },
      true,
    );
    if (values.help) {
      console.log(usage);
      return 0;
    }
    const [action, ...more] = positionals;
    if (action === undefined || !actions.includes(action) || more.length > 0) {
      const given = positionals.join(" ");
      const instead = given === "" ? "" : `, not ${given}${didYouMean(action ?? "", actions)}`;
      throw new UsageError(`headwater influx takes ${actions.join(" or ")}${instead}. See headwater influx --help`);
    }
    if (action === "remove" && (values.file !== undefined || values["dry-run"])) {
      throw new UsageError("--file and --dry-run are of apply. See headwater influx --help");
    }
    const { timeSeries } = loadConfig(timeSeriesSettings, {
      // Whoever asks means InfluxDB, whatever this machine stores points in.
      env: { ...env, HEADWATER_TIME_SERIES: "influx" },
      alsoKnown: [allSettings, ...knownElsewhere],
    });
    const { token, ...place } = timeSeries.influx;
    if (token === undefined)
      throw new UsageError("HEADWATER_INFLUX_TOKEN is not set: a token that may make dashboards");
    const template = action === "apply" ? await readTemplate(values.file ?? ownTemplate, place.bucket) : [];
    // InfluxDB may be starting beside this.
    const buckets = await retrying(() => new InfluxApi(place).buckets(token), { maxMs: 2000, maxAttempts: 10 });
    const stack = new InfluxStack({ url: place.url, token, orgId: buckets[0]!.orgId });
    if (action === "remove") {
      const removed = await stack.remove();
      console.log(
        removed === undefined ? "There is nothing of headwater influx apply" : `${removed} resources removed`,
      );
      return 0;
    }
    const applied = await stack.apply(template, { dryRun: values["dry-run"] });
    console.log(columns(applied.map(({ change, kind, name }) => [change, kind, shown(name)])));
    if (!values["dry-run"]) console.log(`${place.url} has them in ${place.org}, for the bucket ${place.bucket}`);
    return 0;
  },
};
