import { join } from "node:path";
import {
  checkEmbeddedLog,
  repairEmbeddedLog,
  type LogReport,
  type SideTable,
  type RepairReport,
} from "@headwater/event-log/embedded/offline";
import { lostIdentities } from "../log/lost-identities.ts";
import { UsageError } from "./command-error.ts";
import type { Command } from "./command.ts";
import { didYouMean } from "./did-you-mean.ts";
import { parseOptions } from "./options.ts";

const usage = `headwater log check: reads all of the embedded event log and says what is damaged
headwater log repair: writes it anew without what is damaged, and without times ahead of this machine's clock

  --data-dir DIR     the data folder (default: HEADWATER_DATA_DIR, else ./data)
  --json             the whole report as JSON

Both work on the files and refuse while Headwater runs on them. A repair keeps the damaged bytes in
event-log/damaged and the database as it was beside the new one; in telemetry a gap record names what is gone, which
the ledger then shows. A repair needs as much room on the disk as the log takes.

Exit code 0: the log is sound, or it was repaired. 1: check found damage or times that are ahead.`;

export const logCommand: Command = {
  name: "log",
  summary: "check and repair the embedded event log, while Headwater is stopped",
  async run([action, ...args], { env }) {
    if (
      action === undefined ||
      action === "--help" ||
      action === "-h" ||
      args.includes("--help") ||
      args.includes("-h")
    ) {
      console.log(usage);
      return 0;
    }
    if (action !== "check" && action !== "repair") {
      const near = didYouMean(action, ["check", "repair"]);
      throw new UsageError(`headwater log takes check or repair, not ${action}${near}. See headwater log --help`);
    }
    const { values } = parseOptions("log", args, {
      "data-dir": { type: "string", default: env["HEADWATER_DATA_DIR"] || "data" },
      json: { type: "boolean", default: false },
    });
    const dataDir = join(values["data-dir"], "event-log");
    if (action === "check") {
      const report = checkEmbeddedLog(dataDir);
      console.log(values.json ? asJson(report) : describeCheck(report));
      return report.damaged.length + report.unreadable.length === 0 && report.ahead === 0 ? 0 : 1;
    }
    const report = repairEmbeddedLog({ dataDir, standIns: lostIdentities });
    console.log(values.json ? asJson(report) : describeRepair(report));
    return 0;
  },
};

function asJson(report: LogReport | RepairReport): string {
  return JSON.stringify(report, (key, value: unknown) => (key === "bodies" ? undefined : value), 2);
}

const consequences: Readonly<Record<SideTable, string>> = {
  topics: "the settings of the topics cannot be read; they are made again at the next start",
  offsets: "the offsets of the consumer groups cannot be read; after a repair they begin at the beginning",
};

function describeCheck({ batches, damaged, ahead, lastTime, unreadable }: LogReport): string {
  const lines = damaged.map((range) => `${placeOf(range)} cannot be read`);
  for (const table of unreadable) lines.push(consequences[table]);
  if (ahead > 0) {
    const time = new Date(lastTime / 1000).toISOString();
    lines.push(`${ahead} batches are ahead of this machine's clock, up to ${time}`);
  }
  if (lines.length === 0) return `${batches} batches, all sound`;
  return [...lines, `${batches} batches are sound; \`headwater log repair\` mends the rest`].join("\n");
}

function describeRepair({ setAside, rewritten, kept, unreadable }: RepairReport): string {
  if (kept === undefined) return "nothing to repair";
  const lines = setAside.map((range) => {
    const { files } = range;
    return `${placeOf(range)} set aside${files.length === 0 ? ", nothing of it could be read" : `: ${files.join(", ")}`}`;
  });
  for (const table of unreadable) lines.push(consequences[table]);
  if (rewritten > 0) lines.push(`${rewritten} batches have times of today now`);
  return [...lines, `the database as it was is ${kept}; delete it when you need it no more`].join("\n");
}

function placeOf(range: { topic: string; partition: number; from: number; to: number }): string {
  return `${range.topic}, partition ${range.partition}, offsets ${range.from} to ${range.to}:`;
}
