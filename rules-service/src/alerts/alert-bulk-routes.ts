import { Type, type Static, type TSchema } from "@sinclair/typebox";
import { nowMicros } from "@headwater/core";
import { decodeCursor, pageOf, principalOf, type HttpApp } from "@headwater/service";
import { bulkAnswer, bulkCursor, bulkIds, checkChoice, mostAtOnce, writeEach } from "../bulk/write-each.ts";
import { alertActionFields, endOf } from "./alert-action-routes.ts";
import { alertFilterFields, filterOf, isAlertPlace } from "./alert-filter.ts";
import type { AlertModel } from "./alert-model.ts";
import type { AlertWrites, WrittenAlert } from "./alert-writes.ts";

export interface AlertBulkRoutesOptions {
  readonly model: AlertModel;
  readonly writes: AlertWrites;
  readonly timeoutMs: number;
}

const filter = Type.Optional(
  Type.Object(alertFilterFields, {
    title: "AlertFilter",
    additionalProperties: false,
    description: "Alerts for which all of it fits; without `state`: those that are open. {}: all of these.",
  }),
);

type WriteOne = (id: string, by: string) => Promise<WrittenAlert>;

/** What people do with alerts, many at a time: each is answered singly, as if it had been asked for alone. */
export function alertBulkRoutes(app: HttpApp, { model, writes, timeoutMs }: AlertBulkRoutesOptions): void {
  const { plain, assign, comment, snooze } = alertActionFields;

  function route<F extends Record<string, TSchema>>(
    verb: string,
    operationId: string,
    what: string,
    fields: F,
    prepare: (body: Static<ReturnType<typeof Type.Object<F>>>) => WriteOne,
  ): void {
    const body = Type.Object(
      { ids: bulkIds, filter, cursor: bulkCursor, ...fields },
      { title: `${operationId[0]!.toUpperCase()}${operationId.slice(1)}`, additionalProperties: false },
    );
    app.post(
      `/api/v1/alerts/${verb}`,
      {
        schema: {
          operationId,
          summary: `${what}, up to ${mostAtOnce} at once: those of the ids, or those that fit a filter, newest first`,
          tags: ["alerts"],
          body,
          response: { 200: bulkAnswer },
        },
      },
      async (request) => {
        const given = request.body as Static<typeof chosen>;
        checkChoice(given);
        const write = prepare(request.body as Static<ReturnType<typeof Type.Object<F>>>);
        const by = principalOf(request).id;
        const each = (ids: readonly string[]) => writeEach(ids, timeoutMs, (id) => write(id, by));
        if (given.ids !== undefined) return { ...(await each(given.ids)), next: null };
        const place = decodeCursor(request, given.cursor, isAlertPlace);
        const wanted = { state: "open" as const, ...filterOf(given.filter!, nowMicros()) };
        const found = model.list(wanted, place, mostAtOnce + 1);
        const page = pageOf(
          request,
          found,
          mostAtOnce,
          ({ raisedAt, id }) => ({ raisedAt, id }),
          ({ id }) => id,
        );
        return { ...(await each(page.items)), next: page.next };
      },
    );
  }

  route(
    "acknowledge",
    "acknowledgeAlerts",
    "Acknowledge alerts",
    plain,
    (body) => (id, by) => writes.acknowledge(id, by, body.comment),
  );
  route("clear", "clearAlerts", "Clear alerts", plain, (body) => (id, by) => writes.clear(id, by, body.comment));
  route(
    "assign",
    "assignAlerts",
    "Say whose alerts are",
    assign,
    (body) => (id, by) => writes.assign(id, by, body.assignee ?? "", body.comment),
  );
  route(
    "comment",
    "commentAlerts",
    "Say something about alerts",
    comment,
    (body) => (id, by) => writes.comment(id, by, body.comment),
  );
  route("snooze", "snoozeAlerts", "Hold back what the alerts' rules do on their devices", snooze, (body) => {
    const { for: lasting, until } = body;
    const untilOf = endOf({ ...(lasting !== undefined && { for: lasting }), ...(until !== undefined && { until }) });
    return (id, by) => writes.snooze(id, by, untilOf, body.comment);
  });
  route(
    "unsnooze",
    "endAlertSnoozes",
    "End snoozes",
    plain,
    (body) => (id, by) => writes.endSnooze(id, by, body.comment),
  );
}

const chosen = Type.Object({ ids: bulkIds, filter, cursor: bulkCursor });
