import type { InputOf, Schemas } from "@headwater/client";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { importDevices } from "../devices/import-devices.ts";
import { columns } from "../text/columns.ts";
import { UsageError } from "./command-error.ts";
import type { Command } from "./command.ts";
import { didYouMean } from "./did-you-mean.ts";
import { connect, connectionOptions, connectionUsage, requireMembers } from "./connection.ts";
import { fleetOptions, fleetParameters, fleetUsage } from "./fleet-options.ts";
import { parseOptions } from "./options.ts";

const usage = `headwater devices: devices, what they are, whether they are connected and when they were seen

  list               those of a filter (also without a word)
  export             all registered devices of the filter, as import reads them: --format csv (default) or ndjson
  import FILE        makes the devices of a file, or changes those that are there: .csv (columns id, type, subject,
                     tag.NAME, attribute.NAME) or .ndjson; an answer a line, with the token of a device that is new

${connectionUsage}
${fleetUsage}
  --sort KEY         id (default), name (as people sort), type, createdAt, updatedAt or lastSeen; --desc: backwards
  --limit N          how many at most (default 100; all of more are read page by page)
  --count            only how many there are
  --json             an object a line
  --dry-run          of import: says what it would do
  --tokens WHICH     of import: created (default), none, or all: also devices that are there get one more
  --key KEY          of import: of your choice; the same file sent again with it within a day, after a cut, is answered
                     as it was, with the tokens of devices that are made
  --out FILE         of import: the answers go there, readable by you alone, and not to standard output
  --format FORMAT    of export and import: csv or ndjson; default of import: by the name of the file`;

type Query = NonNullable<InputOf<"GET", "/api/v1/devices">["query"]>;
type Device = Schemas["ListedDevicePage"]["items"][number];

const pageSize = 1_000;
const actions = ["list", "export", "import"];

export const devicesCommand: Command = {
  name: "devices",
  summary: "devices by type, tag, text, presence or when they were seen; their import and export",
  async run(args, { env }) {
    const options = {
      ...connectionOptions,
      ...fleetOptions,
      sort: { type: "string" },
      desc: { type: "boolean", default: false },
      limit: { type: "string", default: "100" },
      count: { type: "boolean", default: false },
      json: { type: "boolean", default: false },
      "dry-run": { type: "boolean", default: false },
      tokens: { type: "string", default: "created" },
      key: { type: "string" },
      out: { type: "string" },
      format: { type: "string" },
    } as const;
    const { values, positionals } = parseOptions("devices", args, options, true);
    if (values.help) {
      console.log(usage);
      return 0;
    }
    const [action = "list", file, ...others] = positionals;
    if (!actions.includes(action)) {
      throw new UsageError(
        `headwater devices takes ${actions.join(", ")}, not ${action}${didYouMean(action, actions)}`,
      );
    }
    if (others.length > 0 || (file === undefined) === (action === "import")) {
      throw new UsageError(`headwater devices ${action} takes ${action === "import" ? "one file" : "no name"}`);
    }
    if (action === "import") {
      const format = values.format ?? (/\.(?:csv|tsv|txt)$/i.test(file!) ? "csv" : "ndjson");
      const { "dry-run": isDryRun, tokens, key, out } = values;
      const isCsv = isCsvFormat(format);
      return importDevices(connect(values, env), { file: file!, isCsv, isDryRun, tokens, key, out });
    }
    if (action === "export") {
      const accept = isCsvFormat(values.format ?? "csv") ? "text/csv" : "application/x-ndjson";
      const filter = new URLSearchParams();
      for (const [name, given] of Object.entries(fleetParameters(values))) {
        for (const each of Array.isArray(given) ? given : [given]) filter.append(name, String(each));
      }
      const body = await connect(values, env).stream(`/api/v1/exports/devices?${filter.toString()}`, { accept });
      await pipeline(Readable.fromWeb(body as never), process.stdout, { end: false });
      return 0;
    }
    const most = Number(values.limit);
    if (!Number.isSafeInteger(most) || most < 1) throw new UsageError("--limit is a whole number above 0");
    const api = connect(values, env);
    const query: Query = {
      ...fleetParameters(values),
      ...(values.sort !== undefined && { sort: values.sort as NonNullable<Query["sort"]> }),
      ...(values.desc && { order: "desc" as const }),
    };
    if (values.count) {
      const { total } = await api.call("GET", "/api/v1/devices", { query: { ...query, limit: 1, count: true } });
      console.log(String(total ?? 0));
      return 0;
    }
    const found: Device[] = [];
    for (let cursor: string | undefined; ;) {
      const limit = Math.min(pageSize, most - found.length);
      const page = await api.call("GET", "/api/v1/devices", {
        query: { ...query, limit, ...(cursor !== undefined && { cursor }) },
      });
      requireMembers("/api/v1/devices", page, ["items"]);
      found.push(...page.items);
      if (page.next === null || found.length >= most) {
        if (!values.json) console.log(table(found, page.next !== null));
        else if (found.length > 0) console.log(found.map((device) => JSON.stringify(device)).join("\n"));
        return 0;
      }
      cursor = page.next;
    }
  },
};

function isCsvFormat(format: string): boolean {
  if (format !== "csv" && format !== "ndjson") throw new UsageError("--format is csv or ndjson");
  return format === "csv";
}

function table(devices: readonly Device[], hasMore: boolean): string {
  const rows = devices.map((device) => [
    device.id,
    "type" in device ? device.type || "-" : "(not registered)",
    device.connected ? "connected" : "-",
    device.lastSeen ?? "never",
    "tags" in device
      ? Object.entries(device.tags)
          .map(([name, value]) => `${name}:${value}`)
          .join(" ")
      : "",
  ]);
  const shown = columns([["id", "type", "presence", "last seen", "tags"], ...rows]);
  return hasMore ? `${shown}\n… and more: see --limit` : shown;
}
