import type { AnswerOf } from "@headwater/client";
import { useEffect, useState } from "react";
import { api } from "../data/api.ts";
import { useLiveReload } from "../data/use-live-reload.ts";
import { useResource } from "../data/use-resource.ts";
import type { AlertFilter } from "./alert-filter.ts";

export type Alert = AnswerOf<"GET", "/api/v1/alerts">["items"][number];

const pageSize = 100;
/** However many alerts come, the list is asked for no more often. */
const restMs = 1_000;

async function load(filter: AlertFilter, pages: number) {
  const items: Alert[] = [];
  let cursor: string | null = null;
  for (let page = 0; page < pages; page += 1) {
    const query = { ...filter, limit: pageSize, ...(cursor !== null && { cursor }) };
    const answer: AnswerOf<"GET", "/api/v1/alerts"> = await api.call("GET", "/api/v1/alerts", { query });
    items.push(...answer.items);
    cursor = answer.next;
    if (cursor === null || answer.items.length < pageSize) return { items, hasMore: false };
  }
  return { items, hasMore: true };
}

/** The alerts of a filter, kept up to date by the live stream. */
export function useAlerts(filter: AlertFilter) {
  const filterKey = JSON.stringify(filter);
  const [{ key, pages }, setPages] = useState({ key: filterKey, pages: 1 });
  const shown = key === filterKey ? pages : 1;
  const { resource, reload } = useResource(filterKey, () => load(filter, shown));
  useLiveReload("topics=alerts", restMs, reload);
  useEffect(() => {
    if (shown > 1) reload();
  }, [shown, reload]);
  return { resource, reload, more: () => setPages({ key: filterKey, pages: shown + 1 }) };
}
