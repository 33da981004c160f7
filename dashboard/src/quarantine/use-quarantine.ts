import type { AnswerOf } from "@headwater/client";
import { useState } from "react";
import { api } from "../data/api.ts";
import { useResource } from "../data/use-resource.ts";
import type { QuarantineFilter } from "./quarantine-filter.ts";

export type Entry = AnswerOf<"GET", "/api/v1/quarantine">["items"][number];

const pageSize = 100;

async function load(filter: QuarantineFilter, pages: number) {
  const items: Entry[] = [];
  let cursor: string | null = null;
  for (let page = 0; page < pages; page += 1) {
    const query = { ...filter, limit: pageSize, ...(cursor !== null && { cursor }) };
    const answer: AnswerOf<"GET", "/api/v1/quarantine"> = await api.call("GET", "/api/v1/quarantine", { query });
    items.push(...answer.items);
    cursor = answer.next;
    if (cursor === null || answer.items.length < pageSize) return { items, hasMore: false };
  }
  return { items, hasMore: true };
}

/** What could not be decoded or stored, the newest first. */
export function useQuarantine(filter: QuarantineFilter) {
  const filterKey = JSON.stringify(filter);
  const [asked, setAsked] = useState({ key: filterKey, pages: 1 });
  const pages = asked.key === filterKey ? asked.pages : 1;
  const { resource, reload } = useResource(`${filterKey} ${pages}`, () => load(filter, pages));
  return { resource, reload, more: () => setAsked({ key: filterKey, pages: pages + 1 }) };
}
