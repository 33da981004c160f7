import type { AnswerOf } from "@headwater/client";
import { api } from "../data/api.ts";
import { usePages } from "../data/use-pages.ts";
import type { QuarantineFilter } from "./quarantine-filter.ts";

export type Entry = AnswerOf<"GET", "/api/v1/quarantine">["items"][number];

/** What could not be decoded or stored, the newest first. */
export function useQuarantine(filter: QuarantineFilter) {
  return usePages(JSON.stringify(filter), (page) =>
    api.call("GET", "/api/v1/quarantine", { query: { ...filter, ...page } }),
  );
}
