import { randomUUID } from "node:crypto";
import type { FastifyRequest } from "fastify";
import { Type } from "@sinclair/typebox";
import { commandLimits, type CommandState, requestCommand } from "@headwater/aggregates";
import type { ReadModel } from "@headwater/event-log/read-model";
import {
  afterQuery,
  type AppendContext,
  appendRecord,
  positionText,
  positionSchema,
  waitForAfter,
  decodeCursor,
  type HttpApp,
  duration,
  idempotencyKey,
  plainText,
  listQuery,
  pageOf,
  pageSchema,
  principalOf,
} from "@headwater/service";
import { isoFromMicros, nowMicros, parseDuration, RequestError, uuidv5 } from "@headwater/core";
import { deviceState } from "../devices/device-model.ts";
import { unknownDevice } from "../devices/routes.ts";
import { commandState, listCommands } from "./command-model.ts";
import { commandRecord } from "./command-record.ts";

export interface CommandRoutesOptions extends AppendContext {
  readonly model: ReadModel;
  readonly topic: string;
  readonly source: string;
}

/** The name space of the ids of commands that people ask for; never changes. */
const commandNamespace = "0b8f5c0e-5d0c-5b0e-9c5f-3f6f0e3f8a11";

const statuses = [
  "requested",
  "claimed",
  "delivered",
  "succeeded",
  "failed",
  "rejected",
  "expired",
  "timed-out",
] as const;
const time = Type.String({ format: "date-time" });
const commandSchema = Type.Object(
  {
    id: Type.String(),
    device: Type.String(),
    name: Type.String(),
    params: Type.Optional(Type.Unknown()),
    ttl: Type.Integer({ description: "Milliseconds" }),
    status: Type.Union(statuses.map((status) => Type.Literal(status))),
    requestedAt: time,
    requestedBy: Type.String(),
    deadline: time,
    redeliver: Type.Boolean(),
    claim: Type.Optional(Type.Object({ gateway: Type.String(), session: Type.String(), at: time })),
    deliveredAt: Type.Optional(time),
    endedAt: Type.Optional(time),
    result: Type.Optional(Type.Unknown({ description: "What the device replied with" })),
    reason: Type.Optional(Type.String()),
    cause: Type.Optional(
      Type.Object({
        alert: Type.String(),
        transition: Type.Integer({ description: "Of the alert; 0 is an operator action" }),
        repetition: Type.Optional(Type.Integer({ description: "How often it had come due again" })),
        rule: Type.String(),
        eventTime: time,
      }),
    ),
    position: positionSchema,
  },
  { title: "Command" },
);
const tags = ["commands"];

export function commandRoutes(app: HttpApp, options: CommandRoutesOptions): void {
  const { model, topic, source, timeoutMs } = options;

  app.post(
    "/api/v1/devices/:id/commands",
    {
      config: { scopes: ["commands:write"] },
      schema: {
        operationId: "requestCommand",
        summary: "Ask a device to do something",
        tags,
        params: Type.Object({ id: Type.String() }),
        body: Type.Object(
          {
            name: Type.String(plainText(1, commandLimits.name)),
            params: Type.Optional(Type.Unknown({ description: "Any JSON" })),
            ttl: Type.Optional(
              Type.Union([Type.String(duration), Type.Number()], {
                documented: { anyOf: undefined, type: "string", pattern: "^[1-9]\\d{0,2}(?:ms|s|m)$" },
                description: "How long it may take: a duration with its unit, like 60s. Default 60s, at most 7d",
              }),
            ),
            redeliver: Type.Optional(
              Type.Boolean({ description: "May reach the device more than once, under the same id" }),
            ),
          },
          { title: "CommandRequest", additionalProperties: false },
        ),
        response: {
          202: Type.Object({ commandId: Type.String(), position: positionSchema }, { title: "RequestedCommand" }),
        },
      },
    },
    async (request, reply) => {
      const device = request.params.id;
      const state = deviceState(model.db, device);
      if (state?.device === undefined) throw unknownDevice(device);
      const { name, params, ttl, redeliver } = request.body;
      const commandId = commandIdOf(request, device);
      const input = requestCommand({
        id: commandId,
        device,
        name,
        params,
        ttlMs: ttlOf(ttl),
        redeliver,
        incarnation: state.incarnation,
        requestedBy: principalOf(request).id,
        at: nowMicros(),
      });
      const position = await appendRecord(topic, commandRecord(input, source), options);
      void reply.code(202).header("location", `/api/v1/devices/${encodeURIComponent(device)}/commands/${commandId}`);
      return { commandId, position: positionText(position) };
    },
  );

  app.get(
    "/api/v1/devices/:id/commands",
    {
      config: { scopes: ["commands:read"] },
      schema: {
        operationId: "listCommands",
        summary: "Commands of a device, newest first",
        tags,
        params: Type.Object({ id: Type.String() }),
        querystring: Type.Object({
          ...listQuery.properties,
          ...afterQuery,
          status: Type.Optional(Type.Union(statuses.map((status) => Type.Literal(status)))),
        }),
        response: { 200: pageSchema(commandSchema) },
      },
    },
    async (request) => {
      const { limit, cursor, status, after } = request.query;
      await waitForAfter(model, after, timeoutMs);
      const before = decodeCursor(request, cursor, isPlace);
      const found = listCommands(model.db, {
        device: request.params.id,
        status,
        before: before && { requestedAt: before[0], id: before[1] },
        limit: limit + 1,
      });
      return pageOf(request, found, limit, ({ requestedAt, id }) => [requestedAt, id], commandResource);
    },
  );

  app.get(
    "/api/v1/devices/:id/commands/:commandId",
    {
      config: { scopes: ["commands:read"] },
      schema: {
        operationId: "getCommand",
        summary: "One command",
        tags,
        params: Type.Object({ id: Type.String(), commandId: Type.String() }),
        querystring: Type.Object(afterQuery),
        response: { 200: commandSchema },
      },
    },
    async (request) => {
      const { id, commandId } = request.params;
      await waitForAfter(model, request.query.after, timeoutMs);
      const state = commandState(model.db, commandId);
      if (state === undefined || state.device !== id) {
        throw new RequestError(404, "command-unknown", `The device has no command ${JSON.stringify(commandId)}`);
      }
      return commandResource(state);
    },
  );
}

/** Also after a restart a request that is sent again under its Idempotency-Key is the command that it was. */
function commandIdOf(request: FastifyRequest, device: string): string {
  const key = idempotencyKey(request);
  if (key === undefined) return randomUUID();
  return uuidv5(JSON.stringify(["requested", principalOf(request).id, device, key]), commandNamespace);
}

function ttlOf(ttl: string | number | undefined): number | undefined {
  if (ttl === undefined) return commandLimits.defaultTtlMs;
  // A number is taken as text, whose answer names the unit that is missing.
  return Math.floor(parseDuration(String(ttl)) / 1000);
}

function commandResource(state: CommandState) {
  const { claim, deliveredAt, endedAt, cause } = state;
  return {
    id: state.id,
    device: state.device,
    name: state.name,
    ...(state.params !== "" && { params: jsonOrText(state.params) }),
    ttl: state.ttlMs,
    status: state.status,
    requestedAt: isoFromMicros(state.requestedAt),
    requestedBy: state.requestedBy,
    deadline: isoFromMicros(Math.min(state.deadline, latest)),
    redeliver: state.redeliver,
    ...(claim !== undefined && { claim: { ...claim, at: isoFromMicros(claim.at) } }),
    ...(deliveredAt !== undefined && { deliveredAt: isoFromMicros(deliveredAt) }),
    ...(endedAt !== undefined && { endedAt: isoFromMicros(endedAt) }),
    ...(state.result !== undefined && { result: jsonOrText(state.result) }),
    ...(state.reason !== undefined && { reason: state.reason }),
    ...(cause !== undefined && {
      cause: {
        alert: cause.alertId,
        transition: cause.transition,
        ...(cause.repetition !== undefined && { repetition: cause.repetition }),
        rule: cause.rule,
        eventTime: isoFromMicros(cause.eventTime),
      },
    }),
    position: positionText(state.position),
  };
}

/** The latest time that a `date-time` can express, µs. */
const latest = Date.UTC(9999, 11, 31) * 1000;

/** Parameters and results are JSON by contract; a text that is not JSON is shown as it is. */
function jsonOrText(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

function isPlace(value: unknown): value is [number, string] {
  return Array.isArray(value) && Number.isSafeInteger(value[0]) && typeof value[1] === "string";
}
