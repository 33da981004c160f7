import type { ApiClient, Schemas } from "@headwater/client";
import { sleep } from "@headwater/core";
import { CommandError, UsageError } from "./command-error.ts";
import type { Command } from "./command.ts";
import { connect, connectionOptions, connectionUsage, requireMembers } from "./connection.ts";
import { parseOptions } from "./options.ts";

const usage = `headwater rebuild --from TIME --to TIME: makes a range of the time-series store again from the log

The log has to have the range whole. Nothing outside of the range is touched.

${connectionUsage}
  --from TIME        event times from then on: -2h, 2026-05-01T00:00:00Z
  --to TIME          and before then
  --force            also if the store has more in the range that the log does not know than the log has
  --id ID            follow the rebuild that is under way, or show one that is over
  --json             the whole result as JSON

It is the service that does it: Ctrl-C ends this command alone, and a restart of the service goes on where it was. The
same --from and --to, or --id, follow it again. Exit code 0: it is done. 1: it has failed.`;

const path = "/api/v1/rebuilds/{id}";
/** Milliseconds between two looks at how far it is. */
const pace = 500;

type Rebuild = Schemas["Rebuild"];

export const rebuildCommand: Command = {
  name: "rebuild",
  summary: "make a range of the time-series store again from the log",
  async run(args, { env }) {
    const { values } = parseOptions("rebuild", args, {
      ...connectionOptions,
      from: { type: "string" },
      to: { type: "string" },
      force: { type: "boolean", default: false },
      id: { type: "string" },
      json: { type: "boolean", default: false },
    });
    if (values.help) {
      console.log(usage);
      return 0;
    }
    const { from, to, id, force } = values;
    if ((id === undefined) === (from === undefined && to === undefined)) {
      throw new UsageError("headwater rebuild takes --from and --to, or --id; --help says more");
    }
    const api = connect(values, env);
    const begun = id === undefined ? await start(api, from, to, force) : await look(api, id);
    requireMembers("/api/v1/rebuilds", begun, ["id", "state"]);
    const done = await untilEnded(api, begun, !values.json);
    console.log(values.json ? JSON.stringify(done, undefined, 2) : describe(done));
    if (done.state !== "done") throw new CommandError(`The rebuild ${done.id} has failed: ${done.reason ?? "?"}`);
    return 0;
  },
};

function start(api: ApiClient, from: string | undefined, to: string | undefined, force: boolean): Promise<Rebuild> {
  if (from === undefined || to === undefined) throw new UsageError("headwater rebuild needs both --from and --to");
  return api.request<Rebuild>("POST", "/api/v1/rebuilds", { from, to, force });
}

function look(api: ApiClient, id: string): Promise<Rebuild> {
  return api.call("GET", path, { path: { id } });
}

async function untilEnded(api: ApiClient, begun: Rebuild, isTold: boolean): Promise<Rebuild> {
  const isTerminal = process.stderr.isTTY;
  if (isTold) process.stderr.write(`rebuild ${begun.id}: ${begun.from} to ${begun.to}\n`);
  let told = "";
  for (let present = begun; ; present = await look(api, begun.id)) {
    const line = `${present.state} ${Math.floor(present.progress * 100)} %`;
    if (isTold && line !== told) process.stderr.write(isTerminal ? `\r${line}   ` : `${line}\n`);
    told = line;
    if (present.state === "done" || present.state === "failed") {
      if (isTold && isTerminal) process.stderr.write("\r\u001B[K");
      return present;
    }
    await sleep(pace);
  }
}

function describe(rebuild: Rebuild): string {
  const rows = (["values", "missing", "altered", "added", "written", "deleted"] as const).map(
    (name) => `${name.padEnd(10)} ${rebuild[name]}`,
  );
  return [...rows, rebuild.state].join("\n");
}
