import type { Schemas } from "@headwater/client";
import { sleep } from "@headwater/core";
import type { Command } from "./command.ts";
import { connect, connectionOptions, connectionUsage, requireMembers } from "./connection.ts";
import { parseOptions } from "./options.ts";

const usage = `headwater ledger: what was received, logged, stored, dropped and quarantined, and whether it balances

${connectionUsage}
  --verify           read the log again and compare it with the store
  --watch            again each five seconds, until Ctrl-C
  --json             the whole answer as JSON

Exit code 0: it balances. 1: it does not.`;

/** Milliseconds between two answers of `--watch`. */
const watchMs = 5000;

type Ledger = Schemas["Ledger"];

export const ledgerCommand: Command = {
  name: "ledger",
  summary: "the loss ledger; exit code 1 if it does not balance",
  async run(args, { env }) {
    const { values } = parseOptions("ledger", args, {
      ...connectionOptions,
      verify: { type: "boolean", default: false },
      watch: { type: "boolean", default: false },
      json: { type: "boolean", default: false },
    });
    if (values.help) {
      console.log(usage);
      return 0;
    }
    const api = connect(values, env);
    for (;;) {
      const ledger = await api.call("GET", "/api/v1/ledger", { query: { verify: values.verify } });
      requireMembers("/api/v1/ledger", ledger, ["balanced", "totals"]);
      if (values.watch && !values.json) console.log(`\n${new Date().toISOString()}`);
      console.log(values.json ? JSON.stringify(ledger, undefined, values.watch ? 0 : 2) : describe(ledger));
      if (!values.watch) return ledger.balanced ? 0 : 1;
      await sleep(watchMs);
    }
  },
};

/** Of gaps the newest, of differences the first. */
const maxShown = 20;

function describe(ledger: Ledger): string {
  const rows = Object.entries(ledger.totals).map(([name, value]) => {
    const shown = JSON.stringify(value);
    return `${name.padEnd(16)} ${shown}`;
  });
  for (const { partition, gateway, epoch, from, to, reason } of ledger.gaps?.slice(-maxShown) ?? []) {
    rows.push(
      `gap              partition ${partition}, gateway ${gateway}/${epoch}, ${from} to ${to}: ${reason ?? "LOST"}`,
    );
  }
  const more = (ledger.gaps?.length ?? 0) - maxShown;
  if (more > 0) rows.push(`gaps             ${more} more: see --json`);
  for (const { device, metric, hour, expected, stored } of ledger.verified?.mismatches.slice(0, maxShown) ?? []) {
    const what =
      expected.count === stored.count ? "other values" : `${expected.count} in the log, ${stored.count} stored`;
    rows.push(`differs          ${device} ${metric}, the hour of ${hour.slice(0, 13)}:00Z: ${what}`);
  }
  const hidden = (ledger.verified?.mismatched ?? 0) - maxShown;
  if (hidden > 0) rows.push(`differences      ${hidden} hours of series more: see --json`);
  return [...rows, ledger.balanced ? "balanced" : "NOT BALANCED"].join("\n");
}
