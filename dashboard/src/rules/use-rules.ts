import type { AnswerOf } from "@headwater/client";
import { api } from "../data/api.ts";
import { useLiveReload } from "../data/use-live-reload.ts";
import { useResource } from "../data/use-resource.ts";
import { byName } from "../data/by-name.ts";
import { useMay } from "../sign-in/session.ts";

export type Rule = AnswerOf<"GET", "/api/v1/rules">["items"][number];

const pageSize = 1_000;
const mostRules = 10_000;
/** However many alerts come, the counts are asked for no more often. */
const restMs = 5_000;

async function everyRule(): Promise<Rule[]> {
  const rules: Rule[] = [];
  let cursor: string | null = null;
  do {
    const query = { limit: pageSize, ...(cursor !== null && { cursor }) };
    const page: AnswerOf<"GET", "/api/v1/rules"> = await api.call("GET", "/api/v1/rules", { query });
    rules.push(...page.items);
    cursor = page.items.length < pageSize ? null : page.next;
  } while (cursor !== null && rules.length < mostRules);
  return [...byName(rules, ({ id }) => id)];
}

/** What a rule has to do with alerts now. */
export interface RuleCounts {
  open: number;
  lastDay: number;
}

async function counted() {
  const day = { limit: pageSize, from: "-1d" };
  const [openLive, dayLive, openShadow, dayShadow] = await Promise.all([
    api.call("GET", "/api/v1/alerts", { query: { limit: pageSize, state: "open", shadow: false } }),
    api.call("GET", "/api/v1/alerts", { query: { ...day, shadow: false } }),
    api.call("GET", "/api/v1/alerts", { query: { limit: pageSize, state: "open", shadow: true } }),
    api.call("GET", "/api/v1/alerts", { query: { ...day, shadow: true } }),
  ]);
  const counts = new Map<string, RuleCounts>();
  const of = (rule: string): RuleCounts => {
    const known = counts.get(rule) ?? { open: 0, lastDay: 0 };
    counts.set(rule, known);
    return known;
  };
  for (const { rule } of [...openLive.items, ...openShadow.items]) of(rule).open += 1;
  for (const { rule } of [...dayLive.items, ...dayShadow.items]) of(rule).lastDay += 1;
  const pages = [openLive, dayLive, openShadow, dayShadow];
  return { counts, isCut: pages.some(({ items }) => items.length === pageSize) };
}

/** All rules; with their alerts, for who may read these, the counts kept up to date by the live stream. */
export function useRules() {
  const rules = useResource("rules", everyRule);
  const mayReadAlerts = useMay()("alerts:read");
  const counts = useResource(`counts ${mayReadAlerts}`, async () => (mayReadAlerts ? await counted() : undefined));
  const { reload } = counts;
  useLiveReload(mayReadAlerts ? "topics=alerts" : undefined, restMs, reload);
  return { rules, mayReadAlerts, counts: counts.resource.value };
}
