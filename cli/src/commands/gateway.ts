import { createWriteStream } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Schemas } from "@headwater/client";
import { ResourceError } from "@headwater/core";
import type { Command } from "./command.ts";
import { connect, connectionOptions, connectionUsage, requireMembers } from "./connection.ts";
import { didYouMean } from "./did-you-mean.ts";
import { UsageError } from "./command-error.ts";
import { parseOptions } from "./options.ts";

const usage = `headwater gateway inspect: what waits in a gateway's spool for the event log

${connectionUsage}
  --top N            the devices with the most that waits (default 10)
  --device ID        only this device
  --json             the whole answer as JSON

  --export FILE      write records as lines of JSON instead; - is the standard output
    --from, --to     received at or after, and before: ISO 8601, or like --from=-1h
    --device ID      only this device's
    --kind KIND      only event, mark, gap, quarantine, presence or command
    --limit N        at most so many (default 1000)
    --raw            also the bytes of each record, in base64
    --all            also those that the log has taken and that are still kept

Exit code 0, also if something waits.`;

type Depth = Schemas["Spool"];

export const gatewayCommand: Command = {
  name: "gateway",
  summary: "inspect: what waits in a gateway's spool; exports it",
  async run([action, ...args], { env }) {
    if (action === undefined || action === "--help" || action === "-h") {
      console.log(usage);
      return 0;
    }
    if (action !== "inspect") {
      throw new UsageError(`headwater gateway takes inspect, not ${action}${didYouMean(action, ["inspect"])}`);
    }
    const { values } = parseOptions("gateway", args, {
      ...connectionOptions,
      top: { type: "string", default: "10" },
      device: { type: "string" },
      json: { type: "boolean", default: false },
      export: { type: "string" },
      from: { type: "string" },
      to: { type: "string" },
      kind: { type: "string" },
      limit: { type: "string" },
      raw: { type: "boolean", default: false },
      all: { type: "boolean", default: false },
    });
    if (values.help) {
      console.log(usage);
      return 0;
    }
    const api = connect(values, env);
    if (values.export !== undefined) {
      const { from, to, device, kind, limit, raw, all } = values;
      const path = `/api/v1/gateway/spool/records?${queryOf({ from, to, device, kind, limit, raw, all })}`;
      await writeTo(values.export, await api.stream(path));
      return 0;
    }
    const ofExport = ["from", "to", "kind", "limit", "raw", "all"] as const;
    const unread = ofExport.find((name) => values[name] !== undefined && values[name] !== false);
    if (unread !== undefined) throw new UsageError(`--${unread} is of --export FILE. See headwater gateway --help`);
    const path = `/api/v1/gateway/spool?${queryOf({ devices: values.top, device: values.device })}`;
    const depth = await api.request<Depth>("GET", path);
    requireMembers("/api/v1/gateway/spool", depth, ["gateway", "disk", "log", "kinds", "devices"]);
    console.log(values.json ? JSON.stringify(depth, undefined, 2) : describe(depth));
    return 0;
  },
};

function queryOf(values: Readonly<Record<string, string | boolean | undefined>>): string {
  const given = Object.entries(values).filter(([, value]) => value !== undefined && value !== false);
  return new URLSearchParams(Object.fromEntries(given.map(([name, value]) => [name, String(value)]))).toString();
}

async function writeTo(file: string, records: ReadableStream<Uint8Array>): Promise<void> {
  const body = Readable.fromWeb(records);
  try {
    if (file === "-") await pipeline(body, process.stdout, { end: false });
    else await pipeline(body, createWriteStream(file, { mode: 0o600 }));
  } catch (cause) {
    // Whoever read the lines has had enough of them, as `head` does.
    if (file === "-" && (cause as NodeJS.ErrnoException).code === "EPIPE") return;
    throw new ResourceError(`${file} could not be written: ${(cause as Error).message}`, { cause });
  }
}

function describe(depth: Depth): string {
  const { disk, log } = depth;
  if (depth.durable === "log") {
    return `gateway ${depth.gateway} has no spool: an append to the event log on this machine is its durable write; nothing waits`;
  }
  const kinds = Object.entries(depth.kinds).filter(([, count]) => count > 0);
  const rows: [string, string][] = [
    ["gateway", depth.gateway],
    ["event log", log.problem ?? log.state],
    [
      "records",
      `${depth.records}${kinds.length === 0 ? "" : ` (${kinds.map(([kind, n]) => `${n} ${kind}`).join(", ")})`}`,
    ],
    ["bytes", `${depth.bytes}; on disk ${disk.bytes} in ${disk.segments} files, ${disk.waitingBytes} of it waiting`],
    ["oldest", depth.oldestAt === null ? "-" : `${depth.oldestAt}, ${Math.round(depth.oldestAgeSeconds)} s ago`],
    ["devices", String(depth.deviceCount)],
  ];
  if (log.heldPartitions > 0) rows.push(["held up", `${log.heldPartitions} partitions of topics`]);
  for (const { device, records, bytes } of depth.devices)
    rows.push([`  ${device}`, `${records} records, ${bytes} bytes`]);
  for (const { file, bytes } of depth.corrupt) rows.push(["set aside", `${file}, ${bytes} bytes`]);
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, value]) => `${name.padEnd(width)}  ${value}`).join("\n");
}
