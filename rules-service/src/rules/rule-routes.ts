import { Type } from "@sinclair/typebox";
import type { FastifyReply, FastifyRequest } from "fastify";
import {
  decodeCursor,
  isNumberPlace,
  isTextPlace,
  etagOf,
  InvalidRequestError,
  listQuery,
  pageOf,
  pageSchema,
  parsePrecondition,
  principalOf,
  type HttpApp,
  afterQuery,
  positionText,
  variantEtag,
  waitForAfter,
  wantedType,
} from "@headwater/service";
import { type WarningMeans, warningsOf } from "../definition/warnings.ts";
import { savedLoop } from "./saved-loop.ts";
import { sha256 } from "@headwater/core";
import { revisedRuleSchema, ruleSchema, writtenRuleSchema } from "../definition/index.ts";
import { acceptYaml, parseNewRule, ruleBodyLimit, ruleOf, yamlTypes } from "./rule-body.ts";
import { ruleBulkRoutes } from "./rule-bulk-routes.ts";
import type { RuleModel, StoredRule } from "./rule-model.ts";
import { revisionResource, ruleResource, toResource, toRevision, type RuleResource } from "./rule-resource.ts";
import { noSuchRule, presentRule, type RuleWrites, type WrittenRule } from "./rule-writes.ts";
import type { RuleWrite } from "./write-kept.ts";
import type { RulesInEffect } from "./rules-in-effect.ts";

export interface RuleRoutesOptions {
  readonly model: RuleModel;
  readonly writes: RuleWrites;
  readonly inEffect: RulesInEffect;
  readonly timeoutMs: number;
  readonly warned: WarningMeans;
}

const tags = ["rules"];
const params = Type.Object({ id: Type.String({ minLength: 1, maxLength: 100 }) });
const after = Type.Object(afterQuery);
/** Bodies are checked by `parseRule`, whose answers name the place and what to do. */
const ruleBody = {
  bodyLimit: ruleBodyLimit,
  config: { documentedBody: writtenRuleSchema, consumes: ["application/json", ...yamlTypes] },
};
const anyBody = {
  ...ruleBody,
  config: {
    ...ruleBody.config,
    // It writes nothing.
    scopes: ["rules:read"],
    documentedBody: Type.Unknown({ description: "A rule, or what might be one" }),
  },
};
const revisedBody = {
  ...ruleBody,
  config: { ...ruleBody.config, documentedBody: revisedRuleSchema, preconditions: true },
};

const verdict = Type.Object(
  {
    valid: Type.Boolean(),
    errors: Type.Array(Type.Object({ pointer: Type.String(), detail: Type.String() })),
    warnings: Type.Array(Type.Object({ pointer: Type.String(), detail: Type.String() }), {
      description: "What it would be taken with, and will hardly do as it is meant.",
    }),
  },
  { title: "RuleVerdict" },
);

/** Rules over REST. */
export function ruleRoutes(parent: HttpApp, options: RuleRoutesOptions): void {
  const { model, writes, inEffect, timeoutMs, warned } = options;
  void parent.register(async (app: HttpApp) => {
    acceptYaml(app);

    const resource = (rule: StoredRule, detailed: boolean): RuleResource =>
      toResource(rule, inEffect.of(rule.state.id), detailed);
    const answer = (reply: FastifyReply, { rule, position }: WrittenRule): RuleResource => {
      void reply.header("etag", etagOf(rule.state.revision));
      return { ...resource(rule, true), ...(position !== undefined && { position: positionText(position) }) };
    };

    app.get(
      "/api/v1/rules",
      {
        schema: {
          operationId: "listRules",
          summary: "Rules, by id",
          tags,
          querystring: Type.Object({
            ...listQuery.properties,
            ...afterQuery,
            state: Type.Optional(Type.Union(["draft", "live", "shadow", "disabled"].map((mode) => Type.Literal(mode)))),
          }),
          response: { 200: pageSchema(ruleResource) },
        },
      },
      async (request) => {
        const { query } = request;
        await waitForAfter(model.readModel, query.after, timeoutMs);
        const rules = model.list(decodeCursor(request, query.cursor, isTextPlace) ?? "", query.state, query.limit + 1);
        return pageOf(
          request,
          rules,
          query.limit,
          ({ state }) => state.id,
          (rule) => resource(rule, false),
        );
      },
    );

    app.post(
      "/api/v1/rules",
      {
        ...ruleBody,
        config: { ...ruleBody.config, preconditions: true },
        schema: {
          operationId: "createRule",
          summary: "Create a rule; it is a draft and does nothing until it is enabled",
          tags,
          response: { 201: ruleResource },
        },
      },
      async (request, reply) => {
        const written = await writes.create(ruleOf(request.body), writeOf(request));
        void reply.code(201).header("location", `/api/v1/rules/${encodeURIComponent(written.rule.state.id)}`);
        return answer(reply, written);
      },
    );

    app.post(
      "/api/v1/rules/validate",
      {
        ...anyBody,
        schema: {
          operationId: "validateRule",
          summary: "Whether a rule would be taken, and if not, what is wrong where",
          tags,
          response: { 200: verdict },
        },
      },
      async (request) => {
        if (request.headers["content-type"] === undefined) {
          throw new InvalidRequestError("body", [
            { pointer: "", detail: "is missing; send the rule that is to be tried" },
          ]);
        }
        const parsed = parseNewRule(request.body);
        if (!parsed.ok) return { valid: false, errors: [...parsed.problems], warnings: [] };
        const loop = savedLoop(model, parsed.definition);
        if (loop !== undefined) return { valid: false, errors: [loop], warnings: [] };
        return { valid: true, errors: [], warnings: [...warningsOf(parsed.definition, warned)] };
      },
    );

    app.get(
      "/api/v1/rules/schema",
      {
        config: { produces: ["application/schema+json", "application/json"] },
        schema: { operationId: "getRuleSchema", summary: "The JSON Schema of a rule", tags },
      },
      async (request, reply) => reply.type(wantedType(request)).send(JSON.stringify(ruleSchema)),
    );

    app.get(
      "/api/v1/rules/:id",
      {
        config: { conditional: true },
        schema: {
          operationId: "getRule",
          summary: "A rule, and how it stands on every partition",
          tags,
          params,
          querystring: after,
          response: { 200: ruleResource },
        },
      },
      async (request, reply) => {
        await waitForAfter(model.readModel, request.query.after, timeoutMs);
        const rule = resource(presentRule(model.get(request.params.id), request.params.id), true);
        // How far it is in effect changes within a revision.
        void reply.header("etag", variantEtag(rule.revision, sha256(JSON.stringify(rule)).toString("hex", 0, 8)));
        return rule;
      },
    );

    app.put(
      "/api/v1/rules/:id",
      {
        ...revisedBody,
        schema: {
          operationId: "reviseRule",
          summary: "Revise a rule; what is in effect stays so until the new revision is warm",
          tags,
          params,
          response: { 200: ruleResource },
        },
      },
      async (request, reply) => {
        const { id } = request.params;
        return answer(reply, await writes.revise(id, ruleOf(request.body, id), writeOf(request)));
      },
    );

    app.delete(
      "/api/v1/rules/:id",
      {
        config: { preconditions: true },
        schema: {
          operationId: "deleteRule",
          summary: "Delete a rule; its open episodes are cleared, its revisions are kept",
          tags,
          params,
          response: { 200: ruleResource },
        },
      },
      async (request, reply) => answer(reply, await writes.delete(request.params.id, writeOf(request))),
    );

    for (const [verb, mode, summary] of [
      ["enable", "live", "Switch a rule on: it is warmed with past telemetry and then live"],
      ["disable", "disabled", "Switch a rule off; its open episodes are cleared"],
      ["shadow", "shadow", "Evaluate a rule without effects: its episodes are kept and marked"],
    ] as const) {
      app.post(
        `/api/v1/rules/:id/${verb}`,
        {
          config: { preconditions: true },
          schema: { operationId: `${verb}Rule`, summary, tags, params, response: { 200: ruleResource } },
        },
        async (request, reply) => answer(reply, await writes.switchTo(request.params.id, mode, writeOf(request))),
      );
    }

    ruleBulkRoutes(app, options);

    app.get(
      "/api/v1/rules/:id/revisions",
      {
        schema: {
          operationId: "listRevisions",
          summary: "Every revision of a rule, newest first; those of a deleted rule too",
          tags,
          params,
          querystring: Type.Object({ ...listQuery.properties, ...afterQuery }),
          response: { 200: pageSchema(revisionResource) },
        },
      },
      async (request) => {
        const { after: position, cursor, limit } = request.query;
        await waitForAfter(model.readModel, position, timeoutMs);
        const rule = model.get(request.params.id);
        if (rule === undefined) throw noSuchRule(request.params.id);
        const before = decodeCursor(request, cursor, isNumberPlace) ?? Number.POSITIVE_INFINITY;
        const revisions = rule.state.revisions.filter(({ revision }) => revision < before).toReversed();
        return pageOf(request, revisions, limit, ({ revision }) => revision, toRevision);
      },
    );
  });
}

function writeOf(request: FastifyRequest): RuleWrite {
  return { by: principalOf(request).id, precondition: parsePrecondition(request.headers) };
}
