import { readFileSync } from "node:fs";
import { readYaml } from "@headwater/rules-service/yaml";
import { ProblemError, type ApiClient, type Schemas } from "@headwater/client";
import { CommandError, UsageError } from "./command-error.ts";
import type { Command } from "./command.ts";
import { connect, connectionOptions, connectionUsage, requireMembers } from "./connection.ts";
import { drawBacktest } from "../backtest/draw-backtest.ts";
import { parseOptions } from "./options.ts";
import { isNotFinite, notFinite } from "../files/finite-numbers.ts";

const usage = `headwater backtest RULE: when a rule would have raised and cleared on what the log holds; nothing is sent

RULE is a file with a rule in YAML or JSON, or the id of a rule.

${connectionUsage}
  --from TIME        records appended from then on: -7d, 2026-05-01T00:00:00Z (default -7d)
  --to TIME          and before then (default: now)
  --against WHAT     live, none, or the number of a revision to compare with (default: the live one, if it is another)
  --json             the whole result as JSON

Exit code 0: it is done. 1: it failed or was cancelled. Ctrl-C cancels it.`;

const path = "/api/v1/backtests/{id}";
/** Milliseconds between two looks at how far it is. */
const pace = 500;

type Backtest = Schemas["Backtest"];

export const backtestCommand: Command = {
  name: "backtest",
  summary: "try a rule on the log: its episodes, and the difference to the live one",
  stopsBySignal: true,
  async run(args, { env, signal }) {
    const { values, positionals } = parseOptions(
      "backtest",
      args,
      {
        ...connectionOptions,
        from: { type: "string", default: "-7d" },
        to: { type: "string" },
        against: { type: "string" },
        json: { type: "boolean", default: false },
      },
      true,
    );
    if (values.help) {
      console.log(usage);
      return 0;
    }
    const [name, ...rest] = positionals;
    if (name === undefined || rest.length > 0) {
      throw new UsageError("headwater backtest takes one file with a rule, or the id of one; --help says more");
    }
    const { from, to, against } = values;
    const api = connect(values, env);
    const body = {
      rule: ruleOf(name),
      from,
      ...(to !== undefined && { to }),
      ...(against !== undefined && comparison(against)),
    };
    const begun = await api.request<Backtest>("POST", "/api/v1/backtests", body).catch(withPlaces);
    requireMembers("/api/v1/backtests", begun, ["id", "state"]);
    const done = await untilEnded(api, begun, signal, !values.json && process.stderr.isTTY);
    if (done.state !== "done") throw new CommandError(`The backtest ${done.id} ${wordOf(done)}`);
    if (values.json) console.log(JSON.stringify(await whole(api, done), undefined, 2));
    else console.log(drawBacktest(done, process.stdout.columns ?? 80));
    return 0;
  },
};

function wordOf({ state, error }: Backtest): string {
  return state === "cancelled" ? "was cancelled" : `has failed: ${error ?? "it does not say why"}`;
}

/** The rule in a file; a name of no file that could be an id is one. */
function ruleOf(name: string): unknown {
  let text: string;
  try {
    text = readFileSync(name, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" && /^[A-Za-z0-9][\w.-]*$/.test(name) && !/\.(ya?ml|json)$/i.test(name)) return name;
    throw new CommandError(`The rule ${name} cannot be read (${code}); name a file, or the id of a rule`);
  }
  const outcome = readYaml(text);
  if ("problem" in outcome) throw new CommandError(`${name} is not valid YAML: ${outcome.problem}`);
  const infinite = notFinite(outcome.value);
  if (infinite !== undefined) throw new CommandError(`${name} cannot be tried: ${infinite} ${isNotFinite}`);
  return outcome.value;
}

function comparison(text: string): { against: "live" | "none" | number } {
  if (text === "live" || text === "none") return { against: text };
  if (/^[1-9]\d{0,8}$/.test(text)) return { against: Number(text) };
  throw new UsageError(`--against takes live, none or the number of a revision, not ${JSON.stringify(text)}`);
}

/** What is wrong with a rule is more than one place, and each of them has a line. */
function withPlaces(error: unknown): never {
  const places = error instanceof ProblemError ? (error.problem.errors ?? []) : [];
  if (places.length === 0) throw error;
  const lines = places.map(({ pointer, detail }) => `${pointer.replace(/^\/rule(?=\/|$)/, "") || "/"} ${detail}`);
  throw new CommandError(`The rule cannot be tried: ${lines.join("; ")}`);
}

async function untilEnded(api: ApiClient, begun: Backtest, signal: AbortSignal, isShown: boolean): Promise<Backtest> {
  const { id } = begun;
  const cancel = (): void => {
    api.call("POST", "/api/v1/backtests/{id}/cancel", { path: { id } }).catch(() => {});
  };
  signal.addEventListener("abort", cancel, { once: true });
  try {
    for (let present = begun; ; present = await api.call("GET", path, { path: { id } })) {
      if (isShown) process.stderr.write(`\r${present.state} ${Math.floor(present.progress * 100)} %   `);
      if (present.state !== "queued" && present.state !== "running") return present;
      await new Promise((resolve) => setTimeout(resolve, pace));
    }
  } finally {
    signal.removeEventListener("abort", cancel);
    if (isShown) process.stderr.write("\r\u001B[K");
  }
}

/** With all of its episodes and differences, of which the backtest itself shows the first. */
async function whole(api: ApiClient, found: Backtest): Promise<Backtest> {
  const { id, difference } = found;
  const episodes: Backtest["episodes"] = [];
  for (let cursor: string | null | undefined; cursor !== null;) {
    const query = { limit: 1000, ...(cursor !== undefined && { cursor }) };
    const page = await api.call("GET", "/api/v1/backtests/{id}/episodes", { path: { id }, query });
    episodes.push(...page.items);
    cursor = page.next;
  }
  if (difference === undefined) return { ...found, episodes };
  const items: Schemas["BacktestDifference"][] = [];
  for (let cursor: string | null | undefined; cursor !== null;) {
    const query = { limit: 1000, ...(cursor !== undefined && { cursor }) };
    const page = await api.call("GET", "/api/v1/backtests/{id}/differences", { path: { id }, query });
    items.push(...page.items);
    cursor = page.next;
  }
  return { ...found, episodes, difference: { ...difference, items } };
}
