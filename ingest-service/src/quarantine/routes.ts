import { type Static, Type } from "@sinclair/typebox";
import { RequestError, retrying, type Logger, nowMicros } from "@headwater/core";
import type { EventLog, OutgoingRecord } from "@headwater/event-log";
import type { ReadModel } from "@headwater/event-log/read-model";
import { patchDevice } from "@headwater/aggregates";
import {
  afterQuery,
  waitForAfter,
  decodeCursor,
  type HttpApp,
  listQuery,
  isNumberPlace,
  mayUse,
  pageOf,
  pageSchema,
  principalOf,
} from "@headwater/service";
import type { DeviceWriter } from "../devices/device-writer.ts";
import { seriesLimitAttribute } from "../series-guard/series-limits.ts";
import { checkFix, fixSchema, payloadOf } from "./fix.ts";
import { filterOf, filterProperties } from "./filter.ts";
import { lookAt } from "./look.ts";
import { findQuarantined, listQuarantine, quarantineSummary, type QuarantineEntry } from "./quarantine-queries.ts";
import { askFor, type RedriveTopics } from "./redrive.ts";
import { entryResource, entrySchema, shownEntry, shownSchema, summaryResource, summarySchema } from "./resource.ts";
import { stepRecord } from "./steps.ts";

/** A page's payloads are read into memory. */
const maxPageBytes = 16 * 1024 * 1024;
/** Entries that one request asks for; more are a second request. */
const maxAsked = 10_000;
/** Of these in one append. */
const askedAtOnce = 500;
const tags = ["quarantine"];
/** As long as a part of a path may be. */
const idParams = Type.Object({ id: Type.String({ maxLength: 512 }) });

const redriveSchema = Type.Object(
  {
    ids: Type.Optional(Type.Array(Type.String({ maxLength: 1024 }), { minItems: 1, maxItems: 1000 })),
    all: Type.Optional(Type.Boolean({ description: "Without a filter: all that waits" })),
    ...filterProperties,
  },
  { title: "Redrive", additionalProperties: false },
);
const redrivenSchema = Type.Object(
  {
    requested: Type.Integer({ description: "Entries that are re-driven now" }),
    skipped: Type.Record(Type.String(), Type.Integer(), { description: "Entries that are left as they are, by why" }),
    more: Type.Boolean({ description: "There are more: ask again" }),
  },
  { title: "RedriveAnswer" },
);

export interface QuarantineRoutesOptions {
  readonly model: ReadModel;
  readonly log: Pick<EventLog, "append">;
  readonly topic: string;
  readonly topics: RedriveTopics;
  readonly writeDevice: DeviceWriter;
  /** CloudEvents source of this instance. */
  readonly source: string;
  readonly timeoutMs: number;
  readonly logger: Logger;
}

export function quarantineRoutes(app: HttpApp, options: QuarantineRoutesOptions): void {
  const { model, timeoutMs, topic, topics, source } = options;

  app.get(
    "/api/v1/quarantine",
    {
      config: { scopes: ["quarantine:read"] },
      schema: {
        operationId: "listQuarantine",
        summary: "What could not be decoded or stored, newest first",
        tags,
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

  app.get(
    "/api/v1/quarantine/summary",
    {
      config: { scopes: ["quarantine:read"] },
      schema: {
        operationId: "getQuarantineSummary",
        summary: "How many entries there are, by state, and how many its bounds have dropped",
        tags,
        response: { 200: summarySchema },
      },
    },
    async () => summaryResource(quarantineSummary(model.db)),
  );

  app.get(
    "/api/v1/quarantine/:id",
    {
      config: { scopes: ["quarantine:read"] },
      schema: {
        operationId: "getQuarantined",
        summary: "One entry, its bytes as hex and as far as they can be read",
        tags,
        params: idParams,
        querystring: Type.Object(afterQuery),
        response: { 200: shownSchema },
      },
    },
    async (request) => {
      await waitForAfter(model, request.query.after, timeoutMs);
      const entry = found(model, request.params.id);
      return shownEntry(entry, lookAt(entry));
    },
  );

  app.post(
    "/api/v1/quarantine/:id/fix",
    {
      config: { scopes: ["quarantine:write"] },
      schema: {
        operationId: "fixQuarantined",
        summary: "Mend what the next attempt takes: the payload, the topic, or how many series the device may have",
        tags,
        params: idParams,
        body: fixSchema,
        response: { 200: shownSchema },
      },
    },
    async (request) => {
      const entry = found(model, request.params.id);
      if (entry.state !== "quarantined" && entry.state !== "dropped") {
        throw new RequestError(409, "not-quarantined", `The entry is ${entry.state}, and is not mended now`);
      }
      const { seriesLimit, topic: mqttTopic } = request.body;
      const payload = payloadOf(request.body);
      if (payload === undefined && mqttTopic === undefined && seriesLimit === undefined) {
        throw new RequestError(400, "nothing-fixed", "Name a payload, text, json, a topic or a seriesLimit");
      }
      checkFix(entry, payload, mqttTopic);
      const principal = principalOf(request);
      if (seriesLimit !== undefined) {
        if (!mayUse(principal, ["devices:write"])) {
          throw new RequestError(
            403,
            "forbidden",
            "To give a device another limit needs a token with the scope devices:write",
          );
        }
        const attributes = { [seriesLimitAttribute]: seriesLimit };
        await options.writeDevice(request, entry.device, (state, at) =>
          patchDevice(state, entry.device, { attributes }, at),
        );
      }
      if (payload !== undefined || mqttTopic !== undefined) {
        const fixed = { payload: payload ?? null, mqttTopic: mqttTopic ?? null, by: principal.id };
        await append(options, [stepRecord(entry, { fixed }, { source, at: nowMicros() })]);
      }
      const mended = found(model, request.params.id);
      return shownEntry(mended, lookAt(mended));
    },
  );

  app.post(
    "/api/v1/quarantine/redrive",
    {
      config: { scopes: ["quarantine:write"] },
      schema: {
        operationId: "redriveQuarantine",
        summary: "Handle entries again: those named, those of a filter, or all; in the order in which they came",
        tags,
        body: redriveSchema,
        response: { 202: redrivenSchema },
      },
    },
    async (request, reply) => {
      const chosen = choose(model, request.body);
      const by = principalOf(request).id;
      const { records, skipped } = askFor(chosen.entries, { by, source, topics });
      const left = { ...Object.fromEntries(skipped), ...(chosen.unknown > 0 && { unknown: chosen.unknown }) };
      for (let first = 0; first < records.length; first += askedAtOnce) {
        await append(options, records.slice(first, first + askedAtOnce));
      }
      options.logger.info({ by, entries: records.length, topic }, "a re-drive of quarantine was asked for");
      reply.code(202);
      return { requested: records.length, skipped: left, more: chosen.more };
    },
  );
}

function found(model: ReadModel, id: string): QuarantineEntry {
  const entry = findQuarantined(model.db, id);
  if (entry !== undefined) return entry;
  throw new RequestError(404, "entry-unknown", `There is no entry ${JSON.stringify(id.slice(0, 200))} in quarantine`);
}

/** Steps of entries; resolves once they are folded here. */
async function append(options: QuarantineRoutesOptions, records: readonly OutgoingRecord[]): Promise<void> {
  const { log, topic, model, timeoutMs } = options;
  const ranges = await retrying(() => log.append(topic, records), { maxForMs: timeoutMs });
  for (const { partition, baseOffset, count } of ranges) {
    await model.waitFor({ topic, partition, offset: baseOffset + count - 1 }, timeoutMs);
  }
}

interface Chosen {
  readonly entries: readonly QuarantineEntry[];
  readonly more: boolean;
  /** Ids that name none. */
  readonly unknown: number;
}

function choose(model: ReadModel, body: Static<typeof redriveSchema>): Chosen {
  const { ids, all, ...filter } = body;
  const isFiltered = Object.keys(filter).length > 0;
  if ([ids !== undefined, all === true, isFiltered].filter(Boolean).length !== 1) {
    throw new RequestError(400, "which-entries", "Name `ids`, or a filter, or `all: true`; one of them");
  }
  if (ids !== undefined) {
    const entries = [...new Set(ids)].map((id) => findQuarantined(model.db, id));
    const known = entries.filter((entry) => entry !== undefined);
    return { entries: known.toSorted((a, b) => a.seq - b.seq), more: false, unknown: entries.length - known.length };
  }
  const asked = filterOf(filter);
  const query = { ...asked, state: asked.state ?? "quarantined", order: "oldest-first" } as const;
  const entries: QuarantineEntry[] = [];
  let bytes = 0;
  for (;;) {
    const page = listQuarantine(model.db, { ...query, beyond: entries.at(-1)?.seq ?? 0, limit: askedAtOnce });
    for (const entry of page) {
      // Whole pages of large messages would be held in memory.
      if (entries.length >= maxAsked || bytes > maxPageBytes) return { entries, more: true, unknown: 0 };
      bytes += entry.payload.length;
      entries.push(entry);
    }
    if (page.length < askedAtOnce) return { entries, more: false, unknown: 0 };
  }
}
