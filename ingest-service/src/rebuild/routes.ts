import { randomUUID } from "node:crypto";
import { type Static, Type } from "@sinclair/typebox";
import { isoFromMicros, nowMicros, parseTimeRef, RequestError } from "@headwater/core";
import type { EventLog } from "@headwater/event-log";
import type { ReadModel } from "@headwater/event-log/read-model";
import type { RebuildInput } from "@headwater/proto";
import { type HttpApp, pageSchema, principalOf, timeReference } from "@headwater/service";
import type { TimeSeriesStore } from "@headwater/time-series";
import { coverageOf } from "./coverage.ts";
import { findRebuild, isOpen, listRebuilds, openRebuild, partitionsOf, type Rebuild } from "./rebuild-model.ts";
import { stepRecord } from "./steps.ts";

export interface RebuildRoutesOptions {
  readonly log: EventLog;
  readonly model: ReadModel;
  readonly store: TimeSeriesStore;
  readonly topic: string;
  readonly telemetryTopic: string;
  readonly partitions: number;
  readonly source: string;
  readonly timeoutMs: number;
}

const count = Type.Integer();
const rebuildSchema = Type.Object(
  {
    id: Type.String(),
    from: Type.String({ description: "Event times, inclusive" }),
    to: Type.String({ description: "Exclusive" }),
    state: Type.Union(["shadowing", "replacing", "done", "failed"].map((state) => Type.Literal(state))),
    progress: Type.Number({ description: "0 to 1" }),
    by: Type.String(),
    requestedAt: Type.String(),
    changedAt: Type.String(),
    reason: Type.Optional(Type.String({ description: "Why it has failed" })),
    values: Type.Integer({ description: "That the log has of the range, as far as it was read" }),
    missing: Type.Integer({ description: "Of them the store did not have" }),
    altered: Type.Integer({ description: "Of them the store had with another value" }),
    added: Type.Integer({ description: "Values in the store that the log knows nothing of" }),
    written: Type.Integer({ description: "Values that were written into the store" }),
    deleted: Type.Integer({ description: "Values that were deleted from it" }),
    partitions: Type.Array(
      Type.Object({
        partition: count,
        step: Type.Union(["shadowed", "replacing", "replaced"].map((step) => Type.Literal(step))),
        position: Type.Integer({ description: "The log up to this offset is in it" }),
        values: count,
        checksum: Type.String({ description: "Of the log's values; that of the store once it is replaced" }),
        storedValues: count,
        storedChecksum: Type.String({ description: "Of what the store had" }),
      }),
    ),
  },
  { title: "Rebuild" },
);

const requestSchema = Type.Object(
  {
    from: Type.String({ maxLength: 60, description: "Event times, inclusive", ...timeReference }),
    to: Type.String({ maxLength: 60, description: "Exclusive", ...timeReference }),
    force: Type.Boolean({
      default: false,
      description: "Also if the store has more values that the log does not know than the log has",
    }),
  },
  { title: "RebuildRequest", additionalProperties: false },
);
const idParams = Type.Object({ id: Type.String({ maxLength: 512 }) });
const tags = ["ledger"];

/** A range of the store that is made again from the log. */
export function rebuildRoutes(app: HttpApp, options: RebuildRoutesOptions): void {
  const { log, model, topic, source, timeoutMs, partitions } = options;
  const tell = async (id: string, step: Omit<RebuildInput, "id" | "at">): Promise<void> => {
    const [range] = await log.append(topic, [stepRecord(id, source, step)]);
    await model.waitFor({ topic, partition: range!.partition, offset: range!.baseOffset }, timeoutMs);
  };
  const found = (id: string): Rebuild => {
    const rebuild = findRebuild(model.db, id);
    if (rebuild === undefined) throw new RequestError(404, "not-found", `There is no rebuild ${id}`);
    return rebuild;
  };

  app.post(
    "/api/v1/rebuilds",
    {
      config: { scopes: ["rebuild:write"] },
      schema: {
        operationId: "startRebuild",
        summary: "Makes a range of the time-series store again from the log",
        description:
          "Each partition's owner reads the log into a shadow and compares; when all have, each replaces what differs " +
          "while its writer stands still. Refused (422 `range-not-covered`) if the log has the range no longer whole. " +
          "One at a time (409 `rebuild-running`); that of the same range is answered with again. It goes on after a restart.",
        tags,
        body: requestSchema,
        response: { 202: rebuildSchema },
      },
    },
    async (request, reply) => {
      const now = nowMicros();
      const [from, to] = [parseTimeRef(request.body.from, now), parseTimeRef(request.body.to, now)];
      if (from >= to) throw new RequestError(400, "invalid-range", "`to` has to be later than `from`");
      const isSame = (other: Rebuild | undefined): other is Rebuild => other?.from === from && other.to === to;
      const running = openRebuild(model.db);
      if (isSame(running)) return reply.code(202).send(resourceOf(model, running));
      if (running !== undefined) throw isRunning(running);
      await assertCovered(options, from);
      const id = randomUUID();
      const by = principalOf(request).id;
      await tell(id, { requested: { from, to, by, partitions, force: request.body.force } });
      // Who asked for the same meanwhile has begun it.
      const other = openRebuild(model.db);
      const begun = findRebuild(model.db, id) ?? (isSame(other) ? other : undefined);
      if (begun === undefined) throw isRunning(other);
      return reply.code(202).send(resourceOf(model, begun));
    },
  );

  app.get(
    "/api/v1/rebuilds",
    {
      config: { scopes: ["ledger:read"] },
      schema: {
        operationId: "listRebuilds",
        summary: "Rebuilds, the newest first: the hundred last ones",
        tags,
        response: { 200: pageSchema(rebuildSchema) },
      },
    },
    () => ({ items: listRebuilds(model.db).map((each) => resourceOf(model, each)), next: null }),
  );

  app.get(
    "/api/v1/rebuilds/:id",
    {
      config: { scopes: ["ledger:read"] },
      schema: {
        operationId: "getRebuild",
        summary: "How far a rebuild is, and what it has found",
        tags,
        params: idParams,
        response: { 200: rebuildSchema },
      },
    },
    (request) => resourceOf(model, found(request.params.id)),
  );

  app.post(
    "/api/v1/rebuilds/:id/cancel",
    {
      config: { scopes: ["rebuild:write"] },
      schema: {
        operationId: "cancelRebuild",
        summary: "Ends a rebuild where it is; what is replaced stays replaced",
        tags,
        params: idParams,
        response: { 200: rebuildSchema },
      },
    },
    async (request) => {
      const { id } = found(request.params.id);
      if (isOpen(found(id))) await tell(id, { failed: { reason: "it was cancelled", by: principalOf(request).id } });
      return resourceOf(model, found(id));
    },
  );
}

function isRunning(running: Rebuild | undefined): RequestError {
  return new RequestError(
    409,
    "rebuild-running",
    `The rebuild ${running?.id ?? ""} is under way; wait for its end, or cancel it`,
  );
}

async function assertCovered(options: RebuildRoutesOptions, from: number): Promise<void> {
  const { log, telemetryTopic, partitions, store } = options;
  const oldest = store.usage?.().marks.raw ?? -Infinity;
  if (from < oldest) {
    throw new RequestError(
      422,
      "range-not-covered",
      `The store has points from ${isoFromMicros(oldest)} on, and roll-ups of what is older: begin then or later`,
    );
  }
  const missing: string[] = [];
  for (let partition = 0; partition < partitions; partition += 1) {
    const coverage = await coverageOf(log, telemetryTopic, partition, from);
    if (coverage.missing !== undefined) missing.push(coverage.missing);
  }
  if (missing.length === 0) return;
  throw new RequestError(
    422,
    "range-not-covered",
    `The log does not have the range whole any more: ${missing.join("; ")}. Begin later`,
  );
}

function resourceOf(model: ReadModel, rebuild: Rebuild): Static<typeof rebuildSchema> {
  const { id, from, to, state, by, at, changedAt, reason, partitions } = rebuild;
  const rows = partitionsOf(model.db, id);
  const replaced = rows.filter(({ step }) => step === "replaced").length;
  const sum = (of: "values" | "missing" | "altered" | "added"): number =>
    rows.reduce((total, { shadow }) => total + shadow[of], 0);
  const done = (of: "written" | "deleted"): number => rows.reduce((total, row) => total + (row.replaced?.[of] ?? 0), 0);
  return {
    ...{ id, from: isoFromMicros(from), to: isoFromMicros(to), state, by },
    ...{ requestedAt: isoFromMicros(at), changedAt: isoFromMicros(changedAt) },
    progress: state === "done" ? 1 : (rows.length + replaced) / (2 * partitions),
    ...(reason !== "" && { reason }),
    ...{ values: sum("values"), missing: sum("missing"), altered: sum("altered"), added: sum("added") },
    ...{ written: done("written"), deleted: done("deleted") },
    partitions: rows.map(({ partition, step, position, shadow, replaced: end }) => ({
      ...{ partition, step, position, storedValues: shadow.storedValues, storedChecksum: shadow.storedChecksum },
      ...{ values: end?.values ?? shadow.values, checksum: end?.checksum ?? shadow.checksum },
    })),
  };
}
