import { Type } from "@sinclair/typebox";
import type { ReadModel } from "@headwater/event-log/read-model";
import {
  afterQuery,
  waitForAfter,
  decodeCursor,
  type HttpApp,
  listQuery,
  isNumberPlace,
  pageOf,
  pageSchema,
} from "@headwater/service";
import { isoFromMicros } from "@headwater/core";
import { listQuarantine, type QuarantineEntry } from "./quarantine-model.ts";

const entrySchema = Type.Object(
  {
    id: Type.String(),
    device: Type.String(),
    at: Type.String({ format: "date-time" }),
    stage: Type.String({
      description: "decode: its bytes cannot be read; store: the store refused it; log: the log did",
    }),
    reason: Type.String(),
    payload: Type.String({ description: "The bytes, base64" }),
    gateway: Type.String(),
    mqttTopic: Type.String(),
    logTopic: Type.String(),
    logPartition: Type.Integer(),
    logOffset: Type.Integer(),
    attempt: Type.Integer(),
    metrics: Type.Array(Type.String(), {
      description: "Of a stored event, the metrics that were refused; none: the whole",
    }),
  },
  { title: "QuarantineEntry" },
);

/** A page's payloads are read into memory. */
const maxPageBytes = 16 * 1024 * 1024;

export function quarantineRoutes(app: HttpApp, { model, timeoutMs }: { model: ReadModel; timeoutMs: number }): void {
  app.get(
    "/api/v1/quarantine",
    {
      config: { scopes: ["quarantine:read"] },
      schema: {
        operationId: "listQuarantine",
        summary: "What could not be decoded or stored, newest first",
        tags: ["quarantine"],
        querystring: Type.Object({
          ...listQuery.properties,
          ...afterQuery,
          device: Type.Optional(Type.String({ maxLength: 200 })),
          stage: Type.Optional(Type.Union([Type.Literal("decode"), Type.Literal("store"), Type.Literal("log")])),
        }),
        response: { 200: pageSchema(entrySchema) },
      },
    },
    async (request) => {
      const { limit, cursor, device, stage, after } = request.query;
      await waitForAfter(model, after, timeoutMs);
      const before = decodeCursor(request, cursor, isNumberPlace);
      const entries = listQuarantine(model.db, { device, stage, before, limit: limit + 1 });
      let bytes = 0;
      const fitting = entries.slice(0, limit).filter((entry) => (bytes += entry.payload.length) <= maxPageBytes);
      // One that alone is too large is a page.
      return pageOf(request, entries, Math.max(1, fitting.length), ({ seq }) => seq, entryResource);
    },
  );
}

function entryResource({ seq: _seq, payload, at, metrics, ...entry }: QuarantineEntry & { readonly seq: number }) {
  return {
    ...entry,
    at: isoFromMicros(at),
    payload: Buffer.from(payload).toString("base64"),
    metrics: [...metrics],
  };
}
