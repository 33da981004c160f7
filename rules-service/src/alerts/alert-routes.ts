import { Type } from "@sinclair/typebox";
import {
  decodeCursor,
  listQuery,
  pageOf,
  pageSchema,
  principalOf,
  type HttpApp,
  afterQuery,
  positionText,
  timeReference,
  waitForAfter,
} from "@headwater/service";
import { nowMicros, parseTimeRef, RequestError } from "@headwater/core";
import { severities } from "../definition/index.ts";
import type { AlertFilter, AlertModel, AlertPlace } from "./alert-model.ts";
import { alertResource, toAlertResource } from "./alert-resource.ts";
import { presentAlert, type AlertWrites, type WrittenAlert } from "./alert-writes.ts";
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
  from: time("Raised at or after: ISO 8601, or relative like -1h"),
  to: time("Raised before"),
});

/** The body of an operator action; none is as good as an empty one. */
const actionBody = Type.Union([
  Type.Object(
    { comment: Type.Optional(Type.String({ maxLength: 4000 })) },
    { title: "OperatorAction", additionalProperties: false },
  ),
  Type.Null(),
]);

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
      const { state, device, rule, severity, shadow, limit, cursor } = query;
      const now = nowMicros();
      const filter: AlertFilter = {
        ...{ state: state as AlertFilter["state"], device, rule, severity, shadow },
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

  const answer = ({ alert, position }: WrittenAlert) => ({
    ...toAlertResource(alert),
    position: positionText(position),
  });

  app.post(
    "/api/v1/alerts/:id/acknowledge",
    {
      schema: {
        operationId: "acknowledgeAlert",
        summary: "Acknowledge an alert",
        tags,
        params,
        body: actionBody,
        response: { 200: alertResource },
      },
    },
    async (request) =>
      answer(await writes.acknowledge(request.params.id, principalOf(request).id, request.body?.comment)),
  );

  app.post(
    "/api/v1/alerts/:id/clear",
    {
      schema: {
        operationId: "clearAlert",
        summary: "Clear an alert",
        tags,
        params,
        body: actionBody,
        response: { 200: alertResource },
      },
    },
    async (request) => answer(await writes.clear(request.params.id, principalOf(request).id, request.body?.comment)),
  );
}

function isPlace(value: unknown): value is AlertPlace {
  if (typeof value !== "object" || value === null) return false;
  const { raisedAt, id } = value as Partial<AlertPlace>;
  return Number.isSafeInteger(raisedAt) && typeof id === "string";
}
