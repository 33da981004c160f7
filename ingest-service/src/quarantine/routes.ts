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
import { filterOf, filterProperties } from "./filter.ts";
import { listQuarantine } from "./quarantine-queries.ts";
import { entryResource, entrySchema } from "./resource.ts";

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
        querystring: Type.Object({ ...listQuery.properties, ...afterQuery, ...filterProperties }),
        response: { 200: pageSchema(entrySchema) },
      },
    },
    async (request) => {
      const { limit, cursor, after } = request.query;
      await waitForAfter(model, after, timeoutMs);
      const beyond = decodeCursor(request, cursor, isNumberPlace);
      const entries = listQuarantine(model.db, { ...filterOf(request.query), beyond, limit: limit + 1 });
      let bytes = 0;
      const fitting = entries.slice(0, limit).filter((entry) => (bytes += entry.payload.length) <= maxPageBytes);
      // One that alone is too large is a page.
      return pageOf(request, entries, Math.max(1, fitting.length), ({ seq }) => seq, entryResource);
    },
  );
}
