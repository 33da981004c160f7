import type { Schemas } from "@headwater/client";
import type { Command } from "./command.ts";
import { connect, connectionOptions, connectionUsage, requireMembers } from "./connection.ts";
import { parseOptions } from "./options.ts";

const usage = `headwater ledger: what was received, logged, stored, dropped and quarantined, and whether it balances

${connectionUsage}
  --verify           read the log again and compare it with the store
  --json             the whole answer as JSON

Exit code 0: it balances. 1: it does not.`;

type Ledger = Schemas["Ledger"];

export const ledgerCommand: Command = {
  name: "ledger",
  summary: "the loss ledger; exit code 1 if it does not balance",
  async run(args, { env }) {
    const { values } = parseOptions("ledger", args, {
      ...connectionOptions,
      verify: { type: "boolean", default: false },
      json: { type: "boolean", default: false },
    });
    if (values.help) {
      console.log(usage);
      return 0;
    }
    const api = connect(values, env);
    const ledger = await api.call("GET", "/api/v1/ledger", { query: { verify: values.verify } });
    requireMembers("/api/v1/ledger", ledger, ["balanced", "totals"]);
    console.log(values.json ? JSON.stringify(ledger, undefined, 2) : describe(ledger));
    return ledger.balanced ? 0 : 1;
  },
};

function describe(ledger: Ledger): string {
  const rows = Object.entries(ledger.totals).map(([name, value]) => {
    const shown = JSON.stringify(value);
    return `${name.padEnd(16)} ${shown}`;
  });
  const gaps = ledger.gaps?.length ?? 0;
  if (gaps > 0) rows.push(`${"gaps".padEnd(16)} ${gaps}: see --json`);
  return [...rows, ledger.balanced ? "balanced" : "NOT BALANCED"].join("\n");
}
