import type { ApiClient, Schemas } from "@headwater/client";
import { UsageError } from "./command-error.ts";

type Alert = Schemas["Alert"];
type Outcome = Schemas["BulkOutcome"];
type Filter = NonNullable<Schemas["AcknowledgeAlerts"]["filter"]>;
type Verb = "acknowledge" | "clear" | "unsnooze" | "assign" | "comment" | "snooze";

/** What is done to alerts, and what is said with it. */
export interface AlertWrite {
  readonly verb: Verb;
  readonly body: Readonly<Record<string, string | null>>;
}

/** Of one request. */
const mostAtOnce = 500;

interface Said {
  readonly comment?: string | undefined;
  readonly person?: string | undefined;
  readonly nobody?: boolean | undefined;
  readonly for?: string | undefined;
  readonly until?: string | undefined;
}

/** What people do with alerts, by the word of the command line. Each throws UsageError if something is missing. */
export const writes = {
  ack: ({ comment }) => ({ verb: "acknowledge", body: said(comment) }),
  clear: ({ comment }) => ({ verb: "clear", body: said(comment) }),
  unsnooze: ({ comment }) => ({ verb: "unsnooze", body: said(comment) }),
  assign({ comment, person, nobody = false }) {
    if ((person === undefined) !== nobody) throw new UsageError("assign takes either --person NAME or --nobody");
    return { verb: "assign", body: { assignee: person ?? null, ...said(comment) } };
  },
  comment({ comment }) {
    if (comment === undefined || comment === "") throw new UsageError("comment takes --comment TEXT");
    return { verb: "comment", body: { comment } };
  },
  snooze({ comment, until, for: lasting }) {
    if ((lasting === undefined) === (until === undefined)) {
      throw new UsageError("snooze takes either --for, like 2h, or --until, like 2026-12-01T08:00:00Z or +2h");
    }
    return { verb: "snooze", body: { ...(until === undefined ? { for: lasting! } : { until }), ...said(comment) } };
  },
} as const satisfies Record<string, (said: Said) => AlertWrite>;

export function isWrite(action: string): action is keyof typeof writes {
  return Object.hasOwn(writes, action);
}

function said(comment: string | undefined): Record<string, string> {
  return comment === undefined ? {} : { comment };
}

/** To one alert; rejects with what the platform refuses. */
export function actOnOne(api: ApiClient, { verb, body }: AlertWrite, id: string): Promise<Alert> {
  // The body of each is checked by `writes`.
  return api.call("POST", `/api/v1/alerts/{id}/${verb}` as "/api/v1/alerts/{id}/acknowledge", { path: { id }, body });
}

/** To those of the ids, or to all that fit a filter; answers for each. */
export async function actOnMany(
  api: ApiClient,
  { verb, body }: AlertWrite,
  chosen: { readonly ids: readonly string[] } | { readonly filter: Filter },
): Promise<Outcome[]> {
  const path = `/api/v1/alerts/${verb}` as "/api/v1/alerts/acknowledge";
  const outcomes: Outcome[] = [];
  if ("ids" in chosen) {
    const ids = [...new Set(chosen.ids)];
    for (let from = 0; from < ids.length; from += mostAtOnce) {
      const answer = await api.call("POST", path, { body: { ...body, ids: ids.slice(from, from + mostAtOnce) } });
      outcomes.push(...answer.items);
    }
    return outcomes;
  }
  let cursor: string | null | undefined;
  do {
    const answer = await api.call("POST", path, {
      body: { ...body, filter: chosen.filter, ...(cursor != null && { cursor }) },
    });
    outcomes.push(...answer.items);
    cursor = answer.next;
  } while (cursor != null);
  return outcomes;
}
