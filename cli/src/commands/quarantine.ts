import type { InputOf, Schemas } from "@headwater/client";
import { readFileSync } from "node:fs";
import type { Command } from "./command.ts";
import { UsageError } from "./command-error.ts";
import { connect, connectionOptions, connectionUsage } from "./connection.ts";
import { didYouMean } from "./did-you-mean.ts";
import { parseOptions } from "./options.ts";

const usage = `headwater quarantine: what could not be decoded or stored

  list               entries, newest first, and how many there are
  show ID            one, its bytes as hex and as far as they can be read
  fix ID             mends what the next attempt takes: --payload FILE, --text TEXT, --topic TOPIC, --series-limit N
  redrive ID…        handles them again; instead of ids the filter of list, or --all

${connectionUsage}
  --device ID, --stage NAME, --cause NAME, --state NAME, --topic TOPIC, --reason TEXT
                     only these; stages are decode, store and log; causes like series-per-device
  --from, --to       taken at or after, and before: ISO 8601, or like --from=-1h
  --limit N          of list: at most so many (default 100)
  --json             the answer as JSON`;

const options = {
  ...connectionOptions,
  device: { type: "string" },
  stage: { type: "string" },
  cause: { type: "string" },
  state: { type: "string" },
  topic: { type: "string" },
  reason: { type: "string" },
  from: { type: "string" },
  to: { type: "string" },
  limit: { type: "string" },
  all: { type: "boolean" },
  payload: { type: "string" },
  text: { type: "string" },
  "series-limit": { type: "string" },
  json: { type: "boolean", default: false },
} as const;

type Values = ReturnType<typeof parseOptions<typeof options>>["values"];
type Api = ReturnType<typeof connect>;
type Query = NonNullable<InputOf<"GET", "/api/v1/quarantine">["query"]>;
const actions = ["list", "show", "fix", "redrive"];

export const quarantineCommand: Command = {
  name: "quarantine",
  summary: "list, show and fix what could not be decoded or stored, and redrive it",
  async run([action, ...args], { env }) {
    if (action === undefined || action === "--help" || action === "-h") {
      console.log(usage);
      return 0;
    }
    if (!actions.includes(action)) {
      throw new UsageError(
        `headwater quarantine takes ${actions.join(", ")}, not ${action}${didYouMean(action, actions)}`,
      );
    }
    const { values, positionals: ids } = parseOptions("quarantine", args, options, true);
    if (values.help) {
      console.log(usage);
      return 0;
    }
    const api = connect(values, env);
    if (action === "list") return list(api, values);
    if (action === "redrive") return redrive(api, values, ids);
    const [id, ...others] = ids;
    if (id === undefined || others.length > 0) throw new UsageError(`headwater quarantine ${action} takes one id`);
    const shown =
      action === "show"
        ? await api.call("GET", "/api/v1/quarantine/{id}", { path: { id } })
        : await api.call("POST", "/api/v1/quarantine/{id}/fix", { path: { id }, body: fixOf(values) });
    console.log(values.json ? JSON.stringify(shown, undefined, 2) : describe(shown));
    return 0;
  },
};

async function list(api: Api, values: Values): Promise<number> {
  const query = { ...filterOf(values), ...(values.limit !== undefined && { limit: Number(values.limit) }) };
  const page = await api.call("GET", "/api/v1/quarantine", { query });
  const summary = await api.call("GET", "/api/v1/quarantine/summary", {});
  if (values.json) {
    console.log(JSON.stringify({ ...page, summary }, undefined, 2));
    return 0;
  }
  for (const { id, at, device, state, attempt, reason } of page.items) {
    console.log(`${id}  ${at}  ${device}  ${state}, attempt ${attempt}: ${printable(reason)}`);
  }
  const counts = [
    ...summary.states.map(({ state, entries }) => `${entries} ${state}`),
    ...summary.dropped.map(({ reason, entries }) => `${entries} gone for their ${reason}`),
  ];
  console.log(counts.length === 0 ? "nothing is in quarantine" : `${counts.join(", ")}, of all`);
  return 0;
}

async function redrive(api: Api, values: Values, ids: readonly string[]): Promise<number> {
  const filter = filterOf(values);
  const chosen = [ids.length > 0, values.all === true, Object.keys(filter).length > 0].filter(Boolean).length;
  if (chosen !== 1) throw new UsageError("headwater quarantine redrive takes ids, or a filter, or --all");
  const body = ids.length > 0 ? { ids: [...ids] } : values.all === true ? { all: true } : filter;
  let requested = 0;
  const skipped = new Map<string, number>();
  for (;;) {
    const answer = await api.call("POST", "/api/v1/quarantine/redrive", { body });
    requested += answer.requested;
    for (const [why, count] of Object.entries(answer.skipped)) skipped.set(why, (skipped.get(why) ?? 0) + count);
    // What cannot be handled would be met again for ever.
    if (!answer.more || answer.requested === 0) break;
  }
  const left = Object.fromEntries(skipped);
  if (values.json) console.log(JSON.stringify({ requested, skipped: left }, undefined, 2));
  else {
    console.log(`${requested} are handled again`);
    for (const [why, count] of skipped) console.log(`${count} are left as they are: ${why}`);
  }
  return ids.length > 0 && skipped.size > 0 ? 1 : 0;
}

function filterOf({ device, stage, cause, state, topic, reason: text, from, to }: Values): Query {
  const given = Object.entries({ device, stage, cause, state, topic, text, from, to });
  return Object.fromEntries(given.filter(([, value]) => value !== undefined));
}

function fixOf({ payload, text, topic, "series-limit": limit }: Values): Schemas["QuarantineFix"] {
  return {
    ...(payload !== undefined && { payload: readFileSync(payload).toString("base64") }),
    ...(text !== undefined && { text }),
    ...(topic !== undefined && { topic }),
    ...(limit !== undefined && { seriesLimit: Number(limit) }),
  };
}

function describe(entry: Schemas["QuarantineEntryShown"]): string {
  const { hex, text, decoded, payload: _payload, fixed, ...facts } = entry;
  const lines = Object.entries(facts).map(
    ([name, value]) => `${name.padEnd(12)} ${printable(typeof value === "string" ? value : JSON.stringify(value))}`,
  );
  if (fixed !== undefined) lines.push(`${"fixed".padEnd(12)} ${printable(JSON.stringify(fixed))}`);
  if (decoded !== undefined) lines.push(`as ${decoded.as}:`, JSON.stringify(decoded.value, undefined, 2));
  else if (text !== undefined) lines.push("text:", printable(text));
  for (let at = 0; at < hex.length; at += 64) {
    lines.push(`${(at / 2).toString(16).padStart(6, "0")}  ${hex.slice(at, at + 64).replaceAll(/(..)/g, "$1 ")}`);
  }
  return lines.join("\n");
}

/** What devices sent is shown, and does nothing to the terminal. */
function printable(text: string): string {
  return text.replaceAll(/\p{Cc}/gu, (control) => `\\x${control.codePointAt(0)!.toString(16).padStart(2, "0")}`);
}
