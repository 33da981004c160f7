import { api } from "../data/api.ts";
import type { AlertFilter } from "./alert-filter.ts";

/** What a person does with alerts. */
export type AlertAct =
  | { readonly kind: "acknowledge" | "clear" | "unsnooze"; readonly comment?: string | undefined }
  | { readonly kind: "comment"; readonly comment: string }
  | { readonly kind: "assign"; readonly assignee: string | null; readonly comment?: string | undefined }
  | { readonly kind: "snooze"; readonly for: string; readonly comment?: string | undefined };

/** Alerts by their ids, or all that fit a filter. */
export type AlertChoice = { readonly ids: readonly string[] } | { readonly filter: AlertFilter };

export interface ActOutcome {
  readonly done: number;
  /** Why some were left as they were, each reason once. */
  readonly refusals: readonly string[];
}

const mostAtOnce = 500;

interface BulkAnswer {
  readonly items: readonly { readonly status: number; readonly detail?: string }[];
  readonly done: number;
  readonly next: string | null;
}

/** Does it with all that were chosen, in as many requests as that takes. */
export async function act({ kind, ...what }: AlertAct, choice: AlertChoice): Promise<ActOutcome> {
  const refusals = new Set<string>();
  let done = 0;
  const send = async (chosen: object): Promise<BulkAnswer> => {
    const answer = await api.request<BulkAnswer>("POST", `/api/v1/alerts/${kind}`, { ...what, ...chosen });
    done += answer.done;
    for (const { status, detail } of answer.items) {
      if (status >= 300) refusals.add(detail ?? `refused with status ${status}`);
    }
    return answer;
  };
  if ("ids" in choice) {
    for (let from = 0; from < choice.ids.length; from += mostAtOnce) {
      await send({ ids: choice.ids.slice(from, from + mostAtOnce) });
    }
  } else {
    let cursor: string | null | undefined;
    do {
      cursor = (await send({ filter: choice.filter, ...(cursor !== undefined && { cursor }) })).next;
    } while (cursor !== null);
  }
  return { done, refusals: [...refusals] };
}
