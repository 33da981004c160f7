import { Type } from "@sinclair/typebox";
import type { ReadModel } from "@headwater/event-log/read-model";
import { isoFromMicros, nowMicros, parseTimeRef } from "@headwater/core";
import {
  afterQuery,
  decodeCursor,
  type HttpApp,
  listQuery,
  pageOf,
  pageSchema,
  timeReference,
  waitForAfter,
} from "@headwater/service";
import { auditEntries, type AuditPlace } from "./audit-trail.ts";
import { deedKinds } from "./deeds.ts";

const time = (description: string) => Type.Optional(Type.String({ maxLength: 60, description, ...timeReference }));

const entrySchema = Type.Object(
  {
    at: Type.String({ format: "date-time" }),
    by: Type.String({ description: "Who: `admin`, the name of a token, or how else they signed in" }),
    action: Type.String({ description: "What was done, as `created` or `acknowledged`" }),
    kind: Type.Union(
      deedKinds.map((kind) => Type.Literal(kind)),
      { description: "To what" },
    ),
    subject: Type.String({ description: "Its id or its name" }),
    detail: Type.String({ description: "For people; empty: the rest says it" }),
  },
  { title: "AuditEntry" },
);

/** Who did what, over REST. */
export function auditRoutes(app: HttpApp, trail: ReadModel, timeoutMs: number): void {
  app.get(
    "/api/v1/audit",
    {
      config: { scopes: ["audit:read"] },
      schema: {
        operationId: "listAudit",
        summary: "Who did what, newest first, out of the events that are there",
        tags: ["access"],
        querystring: Type.Object({
          ...listQuery.properties,
          ...afterQuery,
          by: Type.Optional(Type.String({ minLength: 1, maxLength: 256, description: "Only what they did" })),
          kind: Type.Optional(Type.Union(deedKinds.map((kind) => Type.Literal(kind)))),
          subject: Type.Optional(
            Type.String({ minLength: 1, maxLength: 256, description: "Only what was done to it" }),
          ),
          from: time("Done at or after: ISO 8601, or like -1d"),
          to: time("Done before"),
        }),
        response: { 200: pageSchema(entrySchema) },
      },
    },
    async (request) => {
      const { limit, cursor, after, by, kind, subject, from, to } = request.query;
      await waitForAfter(trail, after, timeoutMs);
      const now = nowMicros();
      const filter = {
        ...{ by, kind, subject },
        from: from === undefined ? undefined : parseTimeRef(from, now),
        to: to === undefined ? undefined : parseTimeRef(to, now),
      };
      const entries = auditEntries(trail.db, filter, decodeCursor(request, cursor, isAuditPlace), limit + 1);
      return pageOf(
        request,
        entries,
        limit,
        ({ at, number }): AuditPlace => ({ at, number }),
        ({ at, by: who, action, kind: what, subject: whom, detail }) => ({
          ...{ at: isoFromMicros(at), by: who, action, kind: what, subject: whom, detail },
        }),
      );
    },
  );
}

function isAuditPlace(value: unknown): value is AuditPlace {
  if (typeof value !== "object" || value === null) return false;
  const { at, number } = value as Partial<AuditPlace>;
  return Number.isSafeInteger(at) && Number.isSafeInteger(number);
}
