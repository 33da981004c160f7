import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { UsageError } from "./command-error.ts";
import type { Command } from "./command.ts";
import { connect, connectionOptions, connectionUsage } from "./connection.ts";
import { fleetOptions, fleetParameters, fleetUsage } from "./fleet-options.ts";
import { parseOptions } from "./options.ts";

const usage = `headwater query METRIC…: series of metrics, each device's or one across devices, to standard output

${connectionUsage}
  --device ID        of this device (may be repeated)
${fleetUsage}
  --from TIME, --to TIME
                     ISO 8601, or relative like -1h (default: the last hour)
  --window LENGTH, --aggregate NAME, --offset LENGTH, --tz ZONE, --unit LENGTH, --fill WHAT, --width N
                     windows, as docs/queries.md has them
  --across NAME      one series of all devices: mean, min, max, sum, count, median, p95 …
  --by KEY           with --across: groups by type, tag:NAME or attribute:NAME (may be repeated)
  --limit N          points of each series at most
  --device-limit N, --cursor NEXT
                     with --format json: so many devices, and on from \`next\` of the answer before
  --format FORMAT    csv (default), ndjson, json or parquet

Where points of the range are no longer kept, standard error says what is (json: \`classes\` of the answer does).`;

const formats: Readonly<Record<string, string>> = {
  csv: "text/csv",
  ndjson: "application/x-ndjson",
  json: "application/json",
  parquet: "application/vnd.apache.parquet",
};

const passedOn = [
  "from",
  "to",
  "window",
  "aggregate",
  "offset",
  "tz",
  "unit",
  "fill",
  "width",
  "across",
  "limit",
  "cursor",
] as const;

const nameOfClass: Readonly<Record<string, string>> = {
  raw: "points",
  minute: "one value a minute",
  hour: "one value an hour",
};

/** What of a range is still kept, in words, from the header that says so (docs/queries.md). */
function keptAs(classes: string): string {
  const parts = [...classes.matchAll(/(\w+);from="([^"]*)";to="([^"]*)"/g)].map(
    ([, name = "", from, to]) => `${nameOfClass[name] ?? name} from ${from} to ${to}`,
  );
  return `not all of this range is kept as points; the answer has ${parts.length === 0 ? "nothing" : parts.join(", ")}`;
}

export const queryCommand: Command = {
  name: "query",
  summary: "series of metrics as CSV, NDJSON, JSON or Parquet",
  async run(args, { env }) {
    const text = { type: "string" } as const;
    const { values, positionals } = parseOptions(
      "query",
      args,
      {
        ...connectionOptions,
        ...fleetOptions,
        device: { type: "string", multiple: true },
        ...{ from: text, to: text, window: text, aggregate: text, offset: text, tz: text, unit: text, fill: text },
        ...{ "device-limit": text, cursor: text },
        ...{ width: text, across: text, limit: text, format: { type: "string", default: "csv" } },
        by: { type: "string", multiple: true },
      },
      true,
    );
    if (values.help) {
      console.log(usage);
      return 0;
    }
    if (positionals.length === 0) throw new UsageError("query METRIC…: name a metric. See headwater query --help");
    const accept = Object.hasOwn(formats, values.format) ? formats[values.format] : undefined;
    if (accept === undefined) throw new UsageError(`--format is one of ${Object.keys(formats).join(", ")}`);
    const query = new URLSearchParams();
    const add = (name: string, given: string | boolean | string[] | undefined): void => {
      for (const each of Array.isArray(given) ? given : given === undefined ? [] : [String(given)]) {
        query.append(name, each);
      }
    };
    add("metric", positionals);
    add("device", values.device);
    for (const [name, given] of Object.entries(fleetParameters(values))) add(name, given);
    for (const name of passedOn) add(name, values[name]);
    add("by", values.by);
    add("deviceLimit", values["device-limit"]);
    const path = `/api/v1/telemetry/series?${query.toString()}`;
    const body = await connect(values, env).stream(path, { accept }, undefined, (headers) => {
      const classes = headers.get("headwater-classes");
      if (classes !== null) console.error(keptAs(classes));
    });
    await pipeline(Readable.fromWeb(body as never), process.stdout, { end: false });
    if (values.format === "json") console.log();
    return 0;
  },
};
