import type { AnswerOf, ApiClient, InputOf, Schemas } from "@headwater/client";
import { describeAlerts } from "../alerts/alert-table.ts";
import { shown } from "../text/columns.ts";
import { actOnMany, actOnOne, isWrite, writes, type AlertWrite } from "./alert-writes.ts";
import type { Command } from "./command.ts";
import { UsageError } from "./command-error.ts";
import { connect, connectionOptions, connectionUsage } from "./connection.ts";
import { didYouMean } from "./did-you-mean.ts";
import { parseOptions } from "./options.ts";

const usage = `headwater alerts: what rules raised

  list               alerts, newest first
  get ID             one
  history ID         what happened to it, and who did what and when
  why ID             what made it, in sentences: what was read, compared with what, since when, by which revision
  ack ID…            acknowledges
  assign ID…         says whose it is: --person NAME, or --nobody
  comment ID…        says something about it: --comment TEXT
  snooze ID…         holds back what its rule does on its device: --for 2h, or --until TIME
  unsnooze ID…       ends that; what is open acts once
  clear ID…          ends it by hand

Instead of ids, whatever writes takes the filter of list, or --all: it is done to each alert that is open and fits.
Of several each is done or refused by itself; those that were refused are named, and the exit code is 1 (of a filter
not for those that were as asked already).

${connectionUsage}
  --state STATE      of list: open (default), active, acknowledged, cleared or all
  --device ID, --rule ID, --severity NAME, --assignee NAME, --shadow, --muted
                     only these; --assignee "" means nobody's
  --from, --to       raised at or after, and before: ISO 8601, or like --from=-1h
  --limit N          of list: at most so many (default 100)
  --comment TEXT     said with whatever is done
  --json             the answer as JSON`;

const options = {
  ...connectionOptions,
  state: { type: "string" },
  device: { type: "string" },
  rule: { type: "string" },
  severity: { type: "string" },
  assignee: { type: "string" },
  shadow: { type: "boolean" },
  muted: { type: "boolean" },
  from: { type: "string" },
  to: { type: "string" },
  limit: { type: "string" },
  all: { type: "boolean" },
  comment: { type: "string" },
  person: { type: "string" },
  nobody: { type: "boolean" },
  for: { type: "string" },
  until: { type: "string" },
  json: { type: "boolean", default: false },
} as const;

type Values = ReturnType<typeof parseOptions<typeof options>>["values"];
type Alert = Schemas["Alert"];
type Filter = NonNullable<InputOf<"GET", "/api/v1/alerts">["query"]>;
type Option = Exclude<keyof typeof options, keyof typeof connectionOptions | "json">;

const filter = ["device", "rule", "severity", "assignee", "shadow", "muted", "from", "to"] as const;
const filterAndAll: readonly Option[] = ["state", ...filter, "all", "comment"];
const takes: Readonly<Record<string, readonly Option[]>> = {
  list: ["state", ...filter, "limit"],
  get: [],
  history: [],
  why: [],
  ack: filterAndAll,
  assign: [...filterAndAll, "person", "nobody"],
  comment: filterAndAll,
  snooze: [...filterAndAll, "for", "until"],
  unsnooze: filterAndAll,
  clear: filterAndAll,
};

export const alertsCommand: Command = {
  name: "alerts",
  summary: "list, get, ack, assign, snooze and clear alerts; why tells what made one",
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
    const write = isWrite(action) ? writes[action](values) : undefined;
    const api = connect(values, env);
    if (action === "list") await list(api, values);
    else if (write !== undefined) return writeTo(api, write, ids, values);
    else for (const id of ids) await show(api, action, id, values);
    return 0;
  },
};

function checkUse(action: string, ids: readonly string[], values: Values): void {
  const all = Object.keys(options).filter((name) => !(name in connectionOptions) && name !== "json") as Option[];
  const other = all.find((each) => !takes[action]!.includes(each) && values[each] !== undefined);
  if (other !== undefined) throw new UsageError(`--${other} is not of ${action}. See headwater alerts --help`);
  const filtered = [...filter, "state" as const, "all" as const].filter((each) => values[each] !== undefined);
  const hasIds = ids.length > 0;
  let wanted: string | undefined;
  if (action === "list") wanted = hasIds ? "no ids" : undefined;
  else if (!isWrite(action)) wanted = hasIds ? undefined : "the ids of alerts";
  else if (hasIds === filtered.length > 0) wanted = "either the ids of alerts, or a filter or --all";
  if (wanted !== undefined)
    throw new UsageError(`headwater alerts ${action} takes ${wanted}. See headwater alerts --help`);
}

function filterOf({ state = "open", device, rule, severity, assignee, shadow, muted, from, to }: Values): Filter {
  const given = { device, rule, severity, assignee, shadow, muted, from, to };
  const all = { ...given, state: state === "all" ? undefined : state };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

async function matching(api: ApiClient, values: Values, wanted: number): Promise<{ alerts: Alert[]; isCut: boolean }> {
  const query = filterOf(values);
  const alerts: Alert[] = [];
  let page: AnswerOf<"GET", "/api/v1/alerts"> | undefined;
  do {
    const cursor = page?.next;
    const asked = { ...query, limit: Math.min(1000, wanted - alerts.length), ...(cursor != null && { cursor }) };
    page = await api.call("GET", "/api/v1/alerts", { query: asked });
    alerts.push(...page.items);
  } while (page.next != null && alerts.length < wanted);
  return { alerts, isCut: page.next != null };
}

async function list(api: ApiClient, values: Values): Promise<void> {
  const { limit = "100", json } = values;
  const wanted = Number(limit);
  if (!/^\d{1,9}$/.test(limit) || wanted < 1) throw new UsageError(`--limit takes a number from 1, not ${limit}`);
  const { alerts, isCut } = await matching(api, values, wanted);
  if (json) {
    console.log(asJson(alerts));
    return;
  }
  console.log(alerts.length === 0 ? "no alerts" : describeAlerts(alerts));
  if (isCut) console.log(`there are more; --limit takes a number above ${wanted}`);
}

/** The exit code is 1 if one was refused; of a filter, what was as asked already (409) is told and no failure. */
async function writeTo(api: ApiClient, write: AlertWrite, ids: readonly string[], values: Values): Promise<number> {
  if (ids.length === 1) {
    const alert = await actOnOne(api, write, ids[0]!);
    console.log(values.json ? asJson([alert]) : describeAlerts([alert]));
    return 0;
  }
  const isFilter = ids.length === 0;
  const outcomes = await actOnMany(api, write, isFilter ? { filter: filterOf(values) } : { ids });
  const done: Alert[] = [];
  for (const { id, position } of outcomes.filter(({ status }) => status === 200)) {
    const query = position === undefined ? {} : { after: position };
    done.push(await api.call("GET", "/api/v1/alerts/{id}", { path: { id }, query }));
  }
  const refused = outcomes.filter(({ status }) => status !== 200);
  if (values.json) console.log(asJson(done));
  else if (outcomes.length === 0) console.log("no alerts");
  else if (done.length > 0) console.log(describeAlerts(done));
  for (const { detail = "" } of refused) (values.json ? console.error : console.log)(shown(detail));
  return refused.some(({ status }) => !isFilter || status !== 409) ? 1 : 0;
}

async function show(api: ApiClient, action: string, id: string, { json }: Values): Promise<void> {
  const path = { id };
  if (action === "why") {
    const why = await api.call("GET", "/api/v1/alerts/{id}/why", { path });
    console.log(json ? asJson(why) : why.text.split("\n").map(shown).join("\n"));
  } else if (action === "history") {
    const entries: Schemas["AlertHistoryEntry"][] = [];
    let cursor: string | null | undefined;
    do {
      const query = { limit: 1000, ...(cursor != null && { cursor }) };
      const page = await api.call("GET", "/api/v1/alerts/{id}/history", { path, query });
      entries.push(...page.items);
      cursor = page.next;
    } while (cursor != null);
    console.log(json ? asJson(entries) : describeHistory(entries));
  } else {
    const alert = await api.call("GET", "/api/v1/alerts/{id}", { path });
    console.log(json ? asJson(alert) : describeAlerts([alert]));
  }
}

function describeHistory(entries: readonly Schemas["AlertHistoryEntry"][]): string {
  return entries
    .map(({ at, kind, by, comment, assignee, snoozedUntil, cause, value, mutedBy }) => {
      const facts = [
        ...(value === undefined ? [] : [`value ${value}`]),
        ...(assignee === undefined ? [] : [assignee === "" ? "to nobody" : `to ${assignee}`]),
        ...(snoozedUntil === undefined ? [] : [`until ${snoozedUntil}`]),
        ...(cause === undefined ? [] : [`(${cause})`]),
        ...(mutedBy === undefined ? [] : [`held back by ${mutedBy.join(", ")}`]),
        ...(by === undefined ? [] : [`by ${by}`]),
        ...(comment === undefined ? [] : [`who said: ${comment}`]),
      ];
      return shown([at, kind, ...facts].join(" "));
    })
    .join("\n");
}

function asJson(value: unknown): string {
  return JSON.stringify(value, undefined, 2);
}
