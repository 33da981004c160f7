import { Type } from "@sinclair/typebox";
import {
  decodeCursor,
  listQuery,
  pageOf,
  pageSchema,
  type HttpApp,
  afterQuery,
  timeReference,
  waitForAfter,
} from "@headwater/service";
import { nowMicros, parseTimeRef, RequestError } from "@headwater/core";
import { severities } from "../definition/index.ts";
import type { AlertFilter, AlertModel, AlertPlace } from "./alert-model.ts";
import { alertActionRoutes } from "./alert-action-routes.ts";
import { alertHistoryEntry, toHistoryEntry } from "./alert-history.ts";
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
const name = Type.Optional(Type.String({ maxLength: 256 }));
const time = (description: string) => Type.Optional(Type.String({ maxLength: 60, description, ...timeReference }));

const listParameters = Type.Object({
  ...listQuery.properties,
  ...afterQuery,
  state: Type.Optional(
    Type.Union(
      ["active", "acknowledged", "cleared", "open"].map((state) => Type.Literal(state)),
      { description: "open: active or acknowledged" },
    ),
  ),
  device: name,
  rule: name,
  severity: Type.Optional(Type.Union(severities.map((severity) => Type.Literal(severity)))),
  shadow: Type.Optional(Type.Boolean({ description: "true: only alerts of rules in shadow; false: only the others" })),
  assignee: Type.Optional(Type.String({ maxLength: 256, description: "Whose they are; empty: nobody's" })),
  muted: Type.Optional(
    Type.Boolean({ description: "true: only those whose actions are held back; false: the others" }),
  ),
  from: time("Raised at or after: ISO 8601, or relative like -1h"),
  to: time("Raised before"),
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
      const { state, device, rule, severity, shadow, assignee, muted, limit, cursor } = query;
      const now = nowMicros();
      const filter: AlertFilter = {
        ...{ state: state as AlertFilter["state"], device, rule, severity, shadow, assignee, muted },
        from: query.from === undefined ? undefined : parseTimeRef(query.from, now),
        to: query.to === undefined ? undefined : parseTimeRef(query.to, now),
      };
      if (filter.from !== undefined && filter.to !== undefined && filter.from > filter.to) {
        throw new RequestError(400, "invalid-range", "`from` is later than `to`; it has to be before it");
      }
      const place = decodeCursor(request, cursor, isPlace);
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
}

function isOffset(value: unknown): value is { readonly offset: number } {
  return typeof value === "object" && value !== null && Number.isSafeInteger((value as { offset?: unknown }).offset);
}

function isPlace(value: unknown): value is AlertPlace {
  if (typeof value !== "object" || value === null) return false;
  const { raisedAt, id } = value as Partial<AlertPlace>;
  return Number.isSafeInteger(raisedAt) && typeof id === "string";
}
