import { ProblemError, type ApiClient, type Schemas } from "@headwater/client";
import { UsageError } from "./command-error.ts";

type Alert = Schemas["Alert"];

/** What is done to an alert of that id. */
export type AlertWrite = (api: ApiClient, id: string) => Promise<Alert>;

interface Said {
  readonly comment?: string | undefined;
  readonly person?: string | undefined;
  readonly nobody?: boolean | undefined;
  readonly for?: string | undefined;
  readonly until?: string | undefined;
}

/** What people do with alerts, by the word of the command line. Each throws UsageError if something is missing. */
export const writes = {
  ack: plain("acknowledge"),
  clear: plain("clear"),
  unsnooze: plain("unsnooze"),
  assign({ comment, person, nobody = false }): AlertWrite {
    if ((person === undefined) !== nobody) throw new UsageError("assign takes either --person NAME or --nobody");
    const body = { assignee: person ?? null, ...(comment !== undefined && { comment }) };
    return (api, id) => api.call("POST", "/api/v1/alerts/{id}/assign", { path: { id }, body });
  },
  comment({ comment }): AlertWrite {
    if (comment === undefined || comment === "") throw new UsageError("comment takes --comment TEXT");
    return (api, id) => api.call("POST", "/api/v1/alerts/{id}/comment", { path: { id }, body: { comment } });
  },
  snooze({ comment, until, for: lasting }): AlertWrite {
    if ((lasting === undefined) === (until === undefined)) {
      throw new UsageError("snooze takes either --for, like 2h, or --until, like 2026-12-01T08:00:00Z or +2h");
    }
    const end = until === undefined ? { for: lasting! } : { until };
    const body = { ...end, ...(comment !== undefined && { comment }) };
    return (api, id) => api.call("POST", "/api/v1/alerts/{id}/snooze", { path: { id }, body });
  },
} as const satisfies Record<string, (said: Said) => AlertWrite>;

export function isWrite(action: string): action is keyof typeof writes {
  return Object.hasOwn(writes, action);
}

function plain(verb: "acknowledge" | "clear" | "unsnooze"): (said: Said) => AlertWrite {
  return ({ comment }) => {
    const body = comment === undefined ? {} : { comment };
    return (api, id) => api.call("POST", `/api/v1/alerts/{id}/${verb}`, { path: { id }, body });
  };
}

/**
 * Does it to one after another. Of a filter, an alert that is as asked already, or was cleared meanwhile (409), is told
 * and no failure; of ids, whatever the platform refuses is the command's failure.
 */
export async function actOn(
  api: ApiClient,
  write: AlertWrite,
  ids: readonly string[],
  isBulk: boolean,
): Promise<{ readonly done: Alert[]; readonly refused: string[] }> {
  const done: Alert[] = [];
  const refused: string[] = [];
  for (const id of ids) {
    try {
      done.push(await write(api, id));
    } catch (error) {
      const isTold = error instanceof ProblemError && (isBulk ? error.status === 409 : ids.length > 1);
      if (!isTold) throw error;
      refused.push(error.message);
    }
  }
  return { done, refused };
}
