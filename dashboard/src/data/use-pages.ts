import { useState } from "react";
import { useResource } from "./use-resource.ts";

export interface Page<T> {
  readonly items: readonly T[];
  readonly next?: string | null;
}

const pageSize = 100;

async function firstPages<T>(load: (query: PageQuery) => Promise<Page<T>>, pages: number) {
  const items: T[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < pages; page += 1) {
    const answer = await load({ limit: pageSize, ...(cursor !== undefined && { cursor }) });
    items.push(...answer.items);
    cursor = answer.next ?? undefined;
    if (cursor === undefined) return { items, hasMore: false };
  }
  return { items, hasMore: true };
}

export interface PageQuery {
  readonly limit: number;
  readonly cursor?: string;
}

/** A list that is longer than a page: another page with each `more`, the first alone after another key. */
export function usePages<T>(key: string, load: (query: PageQuery) => Promise<Page<T>>) {
  const [asked, setAsked] = useState({ key, pages: 1 });
  const pages = asked.key === key ? asked.pages : 1;
  const { resource, reload } = useResource(`${key} ${pages}`, () => firstPages(load, pages));
  return { resource, reload, more: () => setAsked({ key, pages: pages + 1 }) };
}
