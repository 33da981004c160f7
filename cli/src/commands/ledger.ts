import { NoAnswerError, ProblemError, type ApiClient, type Schemas } from "@headwater/client";
import { parseDuration, sleep } from "@headwater/core";
import type { Command } from "./command.ts";
import { connect, connectionOptions, connectionUsage, requireMembers } from "./connection.ts";
import { parseOptions } from "./options.ts";
import { shown } from "../text/columns.ts";

const usage = `headwater ledger: what was received, logged, stored, dropped and quarantined, and whether it balances

${connectionUsage}
  --verify           read the log again and compare it with the store
  --watch            again and again, until Ctrl-C, also while nobody answers
  --every 30s        how long --watch waits between two answers (default 5s)
  --json             the whole answer as JSON

Exit code 0: it balances. 1: it does not.`;

const leastEveryMs = 100;
/** To verify is to read all of the log; Node's `fetch` waits five minutes for headers. */
const verifyMs = 290_000;

type Ledger = Schemas["Ledger"];

export const ledgerCommand: Command = {
  name: "ledger",
  summary: "the loss ledger; exit code 1 if it does not balance",
  async run(args, { env }) {
    const { values } = parseOptions("ledger", args, {
      ...connectionOptions,
      verify: { type: "boolean", default: false },
      watch: { type: "boolean", default: false },
      every: { type: "string", default: "5s" },
      json: { type: "boolean", default: false },
    });
    if (values.help) {
      console.log(usage);
      return 0;
    }
    const everyMs = Math.max(leastEveryMs, parseDuration(values.every) / 1000);
    const api = connect(values, env);
    if (values.watch) return watch(() => read(api, values.verify), { everyMs, json: values.json });
    const ledger = await read(api, values.verify);
    console.log(values.json ? JSON.stringify(ledger, undefined, 2) : describe(ledger));
    return ledger.balanced ? 0 : 1;
  },
};

async function read(api: ApiClient, verify: boolean): Promise<Ledger> {
  const ledger = await api.call("GET", "/api/v1/ledger", { query: { verify }, ...(verify && { waitMs: verifyMs }) });
  requireMembers("/api/v1/ledger", ledger, ["balanced", "totals"]);
  return ledger;
}

/** Whoever watches wants to see that nobody answers, and when somebody does again. */
async function watch(
  next: () => Promise<Ledger>,
  { everyMs, json }: { readonly everyMs: number; readonly json: boolean },
): Promise<never> {
  for (;;) {
    try {
      const ledger = await next();
      console.log(json ? JSON.stringify(ledger) : `\n${new Date().toISOString()}\n${describe(ledger)}`);
    } catch (error) {
      const isAway = error instanceof NoAnswerError || (error instanceof ProblemError && error.status >= 500);
      if (!isAway) throw error;
      console.error(`${new Date().toISOString()} ${error.message}`);
    }
    await sleep(everyMs);
  }
}

/** Of gaps the newest, of differences the first. */
const maxShown = 20;

function describe(ledger: Ledger): string {
  const rows = Object.entries(ledger.totals).map(([name, value]) => {
    const shown = JSON.stringify(value);
    return `${name.padEnd(16)} ${shown}`;
  });
  // Versions before this one do not tell gateways apart.
  const gateways = ledger.gateways ?? [];
  if (gateways.length > 1 || gateways.some(({ balanced }) => !balanced)) {
    const worst = gateways.toSorted((a, b) => Number(a.balanced) - Number(b.balanced)).slice(0, maxShown);
    for (const { gateway, received, logged, stored, missing, balanced } of worst) {
      rows.push(
        `gateway          ${shown(gateway ?? "of no gateway")}: received ${received}, logged ${logged}, stored ${stored}, ` +
          `missing ${missing}${balanced ? "" : ", NOT BALANCED"}`,
      );
    }
    if (gateways.length > maxShown) rows.push(`gateways         ${gateways.length - maxShown} more: see --json`);
  }
  for (const gap of ledger.gaps?.slice(-maxShown) ?? []) {
    const { partition, gateway, epoch, from, to, reason } = gap;
    rows.push(
      `gap              partition ${partition}, gateway ${shown(gateway)}/${epoch}, ${from} to ${to}${whatOf(gap)}: ` +
        (reason === undefined ? "LOST" : shown(reason)),
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

/** What is known of the identities of a gap: how many were messages, and when the gateway took them. */
function whatOf({ events, after, before }: Ledger["gaps"][number]): string {
  const times = [
    ...(after === undefined ? [] : [`after ${after}`]),
    ...(before === undefined ? [] : [`before ${before}`]),
  ].join(" and ");
  return `${events === undefined ? "" : `, ${events} of them messages`}${times === "" ? "" : `, taken ${times}`}`;
}
