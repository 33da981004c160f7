import { Type } from "@sinclair/typebox";
import type { FastifyReply } from "fastify";
import {
  decodeCursor,
  isNumberPlace,
  listQuery,
  pageOf,
  pageSchema,
  principalOf,
  variantEtag,
  wantedType,
  type HttpApp,
  type HttpServer,
} from "@headwater/service";
import { RequestError, sha256 } from "@headwater/core";
import { acceptYaml, ruleBodyLimit, yamlTypes } from "../../rules/rule-body.ts";
import type { RuleModel } from "../../rules/rule-model.ts";
import type { Backtests } from "../backtests.ts";
import type { BacktestStore, EpisodePlace } from "../kept/backtest-store.ts";
import {
  backtestResource,
  backtestSummary,
  differenceResource,
  episodeResource,
  toDifference,
  toEpisode,
  toResource,
  toSummary,
} from "./backtest-resource.ts";
import { backtestBody, backtestRequest, documentedBacktestBody } from "./backtest-request.ts";
import { progressStream } from "./progress-stream.ts";

export interface BacktestRoutesOptions {
  readonly backtests: Backtests;
  readonly store: BacktestStore;
  readonly rules: Pick<RuleModel, "get">;
  readonly http: Pick<HttpServer, "closing">;
}

const tags = ["backtests"];
const params = Type.Object({ id: Type.String({ minLength: 1, maxLength: 100 }) });
const eventStream = "text/event-stream";
const maxListeners = 50;

/** Backtests over REST. */
export function backtestRoutes(parent: HttpApp, { backtests, store, rules, http }: BacktestRoutesOptions): void {
  let listeners = 0;
  void parent.register(async (app: HttpApp) => {
    acceptYaml(app);

    app.post(
      "/api/v1/backtests",
      {
        bodyLimit: ruleBodyLimit,
        config: { documentedBody: documentedBacktestBody, consumes: ["application/json", ...yamlTypes] },
        schema: {
          operationId: "createBacktest",
          summary: "Try a rule on the log: when it would have raised and cleared; nothing is written or sent",
          tags,
          body: backtestBody,
          response: { 202: backtestResource },
        },
      },
      async (request, reply) => {
        const record = backtests.add(backtestRequest(request.body, principalOf(request).id, rules));
        void reply.code(202).header("location", `/api/v1/backtests/${record.id}`);
        return toResource(record, store);
      },
    );

    app.get(
      "/api/v1/backtests",
      {
        schema: {
          operationId: "listBacktests",
          summary: "Backtests whose results are kept, newest first",
          tags,
          querystring: listQuery,
          response: { 200: pageSchema(backtestSummary) },
        },
      },
      async (request) => {
        const { cursor, limit } = request.query;
        const before = decodeCursor(request, cursor, isNumberPlace) ?? Number.POSITIVE_INFINITY;
        const rows = backtests.list(before, limit + 1);
        return pageOf(
          request,
          rows,
          limit,
          ({ number }) => number,
          ({ record }) => toSummary(record),
        );
      },
    );

    app.get(
      "/api/v1/backtests/:id",
      {
        config: { conditional: true, produces: ["application/json", eventStream] },
        schema: {
          operationId: "getBacktest",
          summary: "A backtest and what it has found; its progress as Server-Sent Events under that Accept",
          tags,
          params,
          response: { 200: backtestResource },
        },
      },
      async (request, reply) => {
        const record = backtests.get(request.params.id);
        if (wantedType(request) !== eventStream) {
          const resource = toResource(record, store);
          const digest = sha256(JSON.stringify(resource)).toString("hex", 0, 8);
          void reply.header("etag", variantEtag(1, digest));
          return resource;
        }
        // Past the schema of the other answer.
        const stream: FastifyReply = reply;
        void stream.type(`${eventStream}; charset=utf-8`).header("x-accel-buffering", "no");
        if (request.method === "HEAD") return stream.send("");
        if (listeners >= maxListeners) {
          const detail = `There are ${maxListeners} listeners to backtests already; try again later`;
          throw new RequestError(503, "too-many-listeners", detail);
        }
        listeners += 1;
        const body = progressStream(backtests, record.id, http.closing);
        body.once("close", () => (listeners -= 1));
        return stream.send(body);
      },
    );

    app.get(
      "/api/v1/backtests/:id/episodes",
      {
        schema: {
          operationId: "listBacktestEpisodes",
          summary: "The episodes of a backtest, by device, then by time",
          tags,
          params,
          querystring: listQuery,
          response: { 200: pageSchema(episodeResource) },
        },
      },
      async (request) => {
        const { cursor, limit } = request.query;
        const record = backtests.get(request.params.id);
        const after = decodeCursor(request, cursor, isEpisodePlace);
        return pageOf(
          request,
          store.episodes(record.id, "tried", after, limit + 1),
          limit,
          ({ device, raisedAt, id }) => ({ device, raisedAt, id }),
          (episode) => toEpisode(episode, record),
        );
      },
    );

    app.get(
      "/api/v1/backtests/:id/differences",
      {
        schema: {
          operationId: "listBacktestDifferences",
          summary: "Where the rule that was tried and the one it was compared with differ, by device, then by time",
          tags,
          params,
          querystring: listQuery,
          response: { 200: pageSchema(differenceResource) },
        },
      },
      async (request) => {
        const { cursor, limit } = request.query;
        const record = backtests.get(request.params.id);
        const after = decodeCursor(request, cursor, isNumberPlace) ?? 0;
        return pageOf(
          request,
          store.differences(record.id, after, limit + 1),
          limit,
          ({ place }) => place,
          ({ difference }) => toDifference(difference, record),
        );
      },
    );

    app.post(
      "/api/v1/backtests/:id/cancel",
      {
        schema: {
          operationId: "cancelBacktest",
          summary: "End a backtest that waits or runs; one that has ended stays as it is",
          tags,
          params,
          response: { 200: backtestSummary },
        },
      },
      async (request) => toSummary(await backtests.cancel(request.params.id)),
    );

    app.delete(
      "/api/v1/backtests/:id",
      {
        schema: {
          operationId: "deleteBacktest",
          summary: "Forget a backtest; one that waits or runs is cancelled",
          tags,
          params,
          response: { 200: backtestSummary },
        },
      },
      async (request) => toSummary(await backtests.delete(request.params.id)),
    );
  });
}

function isEpisodePlace(value: unknown): value is EpisodePlace {
  if (typeof value !== "object" || value === null) return false;
  const { device, raisedAt, id } = value as Partial<EpisodePlace>;
  return typeof device === "string" && Number.isSafeInteger(raisedAt) && typeof id === "string";
}
