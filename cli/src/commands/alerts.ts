import type { AnswerOf, ApiClient, InputOf, Schemas } from "@headwater/client";
import { columns, shown } from "../text/columns.ts";
import type { Command } from "./command.ts";
import { UsageError } from "./command-error.ts";
import { connect, connectionOptions, connectionUsage } from "./connection.ts";
import { didYouMean } from "./did-you-mean.ts";
import { parseOptions } from "./options.ts";

const usage = `headwater alerts: what rules raised

  list               alerts, newest first
  get ID             one
  why ID             what made it, in sentences: what was read, compared with what, since when, by which revision
  ack ID…            acknowledges; clear ID… ends by hand

${connectionUsage}
  --state STATE      of list: open (default), active, acknowledged, cleared or all
  --device ID, --rule ID, --severity NAME, --shadow
                     of list: only these
  --from, --to       of list: raised at or after, and before: ISO 8601, or like --from=-1h
  --limit N          of list: at most so many (default 100)
  --comment TEXT     of ack and clear
  --json             the answer as JSON`;

const options = {
  ...connectionOptions,
  state: { type: "string" },
  device: { type: "string" },
  rule: { type: "string" },
  severity: { type: "string" },
  shadow: { type: "boolean" },
  from: { type: "string" },
  to: { type: "string" },
  limit: { type: "string" },
  comment: { type: "string" },
  json: { type: "boolean", default: false },
} as const;

type Values = ReturnType<typeof parseOptions<typeof options>>["values"];
type Alert = Schemas["Alert"];
type Filter = NonNullable<InputOf<"GET", "/api/v1/alerts">["query"]>;
type Option = "state" | "device" | "rule" | "severity" | "shadow" | "from" | "to" | "limit" | "comment";

const ofList: readonly Option[] = ["state", "device", "rule", "severity", "shadow", "from", "to", "limit"];
const takes: Readonly<Record<string, readonly Option[]>> = {
  list: ofList,
  get: [],
  why: [],
  ack: ["comment"],
  clear: ["comment"],
};

export const alertsCommand: Command = {
  name: "alerts",
  summary: "list, get, ack and clear alerts; why tells what made one",
  async run([action, ...args], { env }) {
    if (action === undefined || action === "--help" || action === "-h") {
      console.log(usage);
      return 0;
    }
    if (!Object.hasOwn(takes, action)) {
      const known = Object.keys(takes);
      throw new UsageError(`headwater alerts takes ${known.join(", ")}, not ${action}${didYouMean(action, known)}`);
    }
    const { values, positionals: ids } = parseOptions("alerts", args, options, true);
    if (values.help) {
      console.log(usage);
      return 0;
    }
    checkUse(action, ids, values);
    const api = connect(values, env);
    if (action === "list") await list(api, values);
    else for (const id of ids) await one(api, action, id, values);
    return 0;
  },
};

function checkUse(action: string, ids: readonly string[], values: Values): void {
  const other = [...ofList, "comment" as const].find((each) => {
    return !takes[action]!.includes(each) && values[each] !== undefined;
  });
  if (other !== undefined) throw new UsageError(`--${other} is not of ${action}. See headwater alerts --help`);
  if (action === "list" ? ids.length > 0 : ids.length === 0) {
    const what = action === "list" ? "no ids" : "the ids of alerts";
    throw new UsageError(`headwater alerts ${action} takes ${what}. See headwater alerts --help`);
  }
}

async function list(api: ApiClient, values: Values): Promise<void> {
  const { state = "open", limit = "100", json, device, rule, severity, shadow, from, to } = values;
  const wanted = Number(limit);
  if (!/^\d{1,9}$/.test(limit) || wanted < 1) throw new UsageError(`--limit takes a number from 1, not ${limit}`);
  const given = { device, rule, severity, shadow, from, to, state: state === "all" ? undefined : state };
  const filter = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as Filter;
  const alerts: Alert[] = [];
  let page: AnswerOf<"GET", "/api/v1/alerts"> | undefined;
  do {
    const cursor = page?.next;
    const query = { ...filter, limit: Math.min(1000, wanted - alerts.length), ...(cursor != null && { cursor }) };
    page = await api.call("GET", "/api/v1/alerts", { query });
    alerts.push(...page.items);
  } while (page.next != null && alerts.length < wanted);
  if (json) {
    console.log(asJson(alerts));
    return;
  }
  console.log(alerts.length === 0 ? "no alerts" : describe(alerts));
  if (page.next != null) console.log(`there are more; --limit takes a number above ${wanted}`);
}

async function one(api: ApiClient, action: string, id: string, { json, comment }: Values): Promise<void> {
  const path = { id };
  if (action === "why") {
    const why = await api.call("GET", "/api/v1/alerts/{id}/why", { path });
    console.log(json ? asJson(why) : why.text.split("\n").map(shown).join("\n"));
    return;
  }
  let alert: Alert;
  if (action === "get") alert = await api.call("GET", "/api/v1/alerts/{id}", { path });
  else {
    const body = comment === undefined ? {} : { comment };
    const verb = action === "ack" ? "acknowledge" : "clear";
    alert = await api.call("POST", `/api/v1/alerts/{id}/${verb}`, { path, body });
  }
  console.log(json ? asJson(alert) : describe([alert]));
}

function describe(alerts: readonly Alert[]): string {
  const rows = alerts.map(
    ({ id, state, severity, rule, device: of, gateway, metric, value, raisedAt, clearedAt = "", shadow }) => {
      const about = metric === "" ? "" : `${metric} ${value}`;
      const device = gateway === undefined ? of : `gateway ${gateway}`;
      return [id, shadow ? `${state} (shadow)` : state, severity, rule, device, about, raisedAt, clearedAt];
    },
  );
  return columns([["ID", "STATE", "SEVERITY", "RULE", "DEVICE", "VALUE", "RAISED", "CLEARED"], ...rows]);
}

function asJson(value: unknown): string {
  return JSON.stringify(value, undefined, 2);
}
