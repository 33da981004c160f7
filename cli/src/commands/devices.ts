import type { InputOf, Schemas } from "@headwater/client";
import { columns } from "../text/columns.ts";
import { UsageError } from "./command-error.ts";
import type { Command } from "./command.ts";
import { connect, connectionOptions, connectionUsage, requireMembers } from "./connection.ts";
import { fleetOptions, fleetParameters, fleetUsage } from "./fleet-options.ts";
import { parseOptions } from "./options.ts";

const usage = `headwater devices: devices, what they are, whether they are connected and when they were seen

${connectionUsage}
${fleetUsage}
  --sort KEY         id (default), type, createdAt, updatedAt or lastSeen; --desc: the other way round
  --limit N          how many at most (default 100; all of more are read page by page)
  --count            only how many there are
  --json             an object a line`;

type Query = NonNullable<InputOf<"GET", "/api/v1/devices">["query"]>;
type Device = Schemas["ListedDevicePage"]["items"][number];

const pageSize = 1_000;

export const devicesCommand: Command = {
  name: "devices",
  summary: "devices by type, tag, text, presence or when they were seen",
  async run(args, { env }) {
    const { values } = parseOptions("devices", args, {
      ...connectionOptions,
      ...fleetOptions,
      sort: { type: "string" },
      desc: { type: "boolean", default: false },
      limit: { type: "string", default: "100" },
      count: { type: "boolean", default: false },
      json: { type: "boolean", default: false },
    });
    if (values.help) {
      console.log(usage);
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
