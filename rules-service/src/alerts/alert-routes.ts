import { Type } from "@sinclair/typebox";
import {
  decodeCursor,
  listQuery,
  pageOf,
  pageSchema,
  type HttpApp,
  afterQuery,
  waitForAfter,
} from "@headwater/service";
import { nowMicros } from "@headwater/core";
import { alertActionRoutes } from "./alert-action-routes.ts";
import { alertBulkRoutes } from "./alert-bulk-routes.ts";
import { alertFilterFields, filterOf, isAlertPlace } from "./alert-filter.ts";
import { alertHistoryEntry, toHistoryEntry } from "./alert-history.ts";
import type { AlertModel } from "./alert-model.ts";
import { alertResource, toAlertResource } from "./alert-resource.ts";
import { presentAlert, type AlertWrites } from "./alert-writes.ts";
import { whyResource } from "./why-resource.ts";
import { explain, type WhyOptions } from "./why.ts";

export interface AlertRoutesOptions extends WhyOptions {
  readonly model: AlertModel;
  readonly writes: AlertWrites;
  readonly timeoutMs: number;
}

const tags = ["alerts"];
const params = Type.Object({ id: Type.String({ minLength: 1, maxLength: 100 }) });

const listParameters = Type.Object({
  ...listQuery.properties,
  ...afterQuery,
  ...alertFilterFields,
});

/** Alerts over REST. */
export function alertRoutes(app: HttpApp, options: AlertRoutesOptions): void {
  const { model, writes, timeoutMs } = options;

  app.get(
    "/api/v1/alerts",
    {
      schema: {
        operationId: "listAlerts",
        summary: "Alerts, newest first by when they were raised",
        tags,
        querystring: listParameters,
        response: { 200: pageSchema(alertResource) },
      },
    },
    async (request) => {
      const { query } = request;
      await waitForAfter(model.readModel, query.after, timeoutMs);
      const { limit, cursor } = query;
      const filter = filterOf(query, nowMicros());
      const place = decodeCursor(request, cursor, isAlertPlace);
      const alerts = model.list(filter, place, limit + 1);
      return pageOf(request, alerts, limit, ({ raisedAt, id }) => ({ raisedAt, id }), toAlertResource);
    },
  );

  app.get(
    "/api/v1/alerts/:id",
    {
      schema: {
        operationId: "getAlert",
        summary: "An alert",
        tags,
        params,
        querystring: Type.Object(afterQuery),
        response: { 200: alertResource },
      },
    },
    async (request) => {
      await waitForAfter(model.readModel, request.query.after, timeoutMs);
      return toAlertResource(presentAlert(model.get(request.params.id), request.params.id));
    },
  );

  app.get(
    "/api/v1/alerts/:id/why",
    {
      schema: {
        operationId: "explainAlert",
        summary: "The readings, the revision and the transitions behind an alert",
        tags,
        params,
        querystring: Type.Object(afterQuery),
        response: { 200: whyResource },
      },
    },
    async (request) => {
      const { id } = request.params;
      await waitForAfter(model.readModel, request.query.after, timeoutMs);
      return explain(presentAlert(model.get(id), id), model.transitionsOf(id), options);
    },
  );

  app.get(
    "/api/v1/alerts/:id/history",
    {
      schema: {
        operationId: "listAlertHistory",
        summary: "What happened to an alert, and what people did with it, oldest first",
        tags,
        params,
        querystring: Type.Object({ ...listQuery.properties, ...afterQuery }),
        response: { 200: pageSchema(alertHistoryEntry) },
      },
    },
    async (request) => {
      const { id } = request.params;
      const { after, cursor, limit } = request.query;
      await waitForAfter(model.readModel, after, timeoutMs);
      presentAlert(model.get(id), id);
      const begin = decodeCursor(request, cursor, isOffset)?.offset ?? -1;
      const page = model.transitionsOf(id, begin, limit + 1);
      return pageOf(request, page, limit, ({ position: { offset } }) => ({ offset }), toHistoryEntry);
    },
  );

  alertActionRoutes(app, writes);
  alertBulkRoutes(app, options);
}

function isOffset(value: unknown): value is { readonly offset: number } {
  return typeof value === "object" && value !== null && Number.isSafeInteger((value as { offset?: unknown }).offset);
}
