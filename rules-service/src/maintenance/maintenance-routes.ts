import { Type, type TSchema } from "@sinclair/typebox";
import type { FastifyReply, FastifyRequest } from "fastify";
import {
  afterQuery,
  decodeCursor,
  etagOf,
  InvalidRequestError,
  isTextPlace,
  listQuery,
  pageOf,
  pageSchema,
  parsePrecondition,
  positionText,
  principalOf,
  variantEtag,
  waitForAfter,
  type HttpApp,
} from "@headwater/service";
import { nowMicros } from "@headwater/core";
import {
  changedMaintenanceSchema,
  maintenanceSchema,
  parseMaintenance,
  type MaintenanceDefinition,
} from "../definition/index.ts";
import { acceptYaml, ruleBodyLimit, yamlTypes } from "../rules/rule-body.ts";
import type { RuleWrite } from "../rules/write-kept.ts";
import type { MaintenanceModel } from "./maintenance-model.ts";
import { maintenanceResource, toMaintenanceResource, type MaintenanceResource } from "./maintenance-resource.ts";
import { presentWindow, type MaintenanceWrites, type WrittenMaintenance } from "./maintenance-writes.ts";

export interface MaintenanceRoutesOptions {
  readonly model: MaintenanceModel;
  readonly writes: MaintenanceWrites;
  readonly timeoutMs: number;
}

const tags = ["maintenance"];
const params = Type.Object({ id: Type.String({ minLength: 1, maxLength: 100 }) });
const path = "/api/v1/maintenance/:id";
/** Bodies are checked by `parseMaintenance`, whose answers name the place and what to do. */
const bodyOf = (documentedBody: TSchema) => ({
  bodyLimit: ruleBodyLimit,
  config: { documentedBody, consumes: ["application/json", ...yamlTypes], preconditions: true },
});

/** Maintenance windows over REST: while one is open, rules do nothing on the devices that it selects. */
export function maintenanceRoutes(parent: HttpApp, { model, writes, timeoutMs }: MaintenanceRoutesOptions): void {
  void parent.register(async (app: HttpApp) => {
    acceptYaml(app);

    app.get(
      "/api/v1/maintenance",
      {
        schema: {
          operationId: "listMaintenance",
          summary: "Maintenance windows, by id",
          tags,
          querystring: Type.Object({ ...listQuery.properties, ...afterQuery }),
          response: { 200: pageSchema(maintenanceResource) },
        },
      },
      async (request) => {
        const { after, cursor, limit } = request.query;
        await waitForAfter(model.readModel, after, timeoutMs);
        const windows = model.list(decodeCursor(request, cursor, isTextPlace) ?? "", limit + 1);
        const now = nowMicros();
        return pageOf(
          request,
          windows,
          limit,
          ({ id }) => id,
          (window) => toMaintenanceResource(window, now),
        );
      },
    );

    app.post(
      "/api/v1/maintenance",
      {
        ...bodyOf(maintenanceSchema),
        schema: {
          operationId: "createMaintenance",
          summary: "Make a maintenance window",
          tags,
          response: { 201: maintenanceResource },
        },
      },
      async (request, reply) => {
        const written = await writes.create(windowOf(request.body), writeOf(request));
        void reply.code(201).header("location", `/api/v1/maintenance/${encodeURIComponent(written.window.id)}`);
        return answer(reply, written);
      },
    );

    app.get(
      path,
      {
        config: { conditional: true },
        schema: {
          operationId: "getMaintenance",
          summary: "A maintenance window",
          tags,
          params,
          querystring: Type.Object(afterQuery),
          response: { 200: maintenanceResource },
        },
      },
      async (request, reply) => {
        await waitForAfter(model.readModel, request.query.after, timeoutMs);
        const window = presentWindow(model.get(request.params.id), request.params.id);
        const resource = toMaintenanceResource(window, nowMicros());
        // Whether it is open changes within a revision.
        void reply.header("etag", variantEtag(window.revision, resource.state));
        return resource;
      },
    );

    app.put(
      path,
      {
        ...bodyOf(changedMaintenanceSchema),
        schema: {
          operationId: "changeMaintenance",
          summary: "Change a maintenance window; what it no longer holds back and is open acts once",
          tags,
          params,
          response: { 200: maintenanceResource },
        },
      },
      async (request, reply) => {
        const { id } = request.params;
        return answer(reply, await writes.change(id, windowOf(request.body, id), writeOf(request)));
      },
    );

    app.delete(
      path,
      {
        config: { preconditions: true },
        schema: {
          operationId: "endMaintenance",
          summary: "Take a maintenance window away; what it held back and is open acts once",
          tags,
          params,
          response: { 200: maintenanceResource },
        },
      },
      async (request, reply) => answer(reply, await writes.end(request.params.id, writeOf(request))),
    );
  });
}

function answer(reply: FastifyReply, { window, position }: WrittenMaintenance): MaintenanceResource {
  void reply.header("etag", etagOf(window.revision));
  const resource = toMaintenanceResource(window, nowMicros());
  return { ...resource, ...(position !== undefined && { position: positionText(position) }) };
}

/** Throws InvalidRequestError (400) with a pointer to every problem. `id`: that of the path. */
function windowOf(body: unknown, id?: string): MaintenanceDefinition {
  const isObject = typeof body === "object" && body !== null && !Array.isArray(body);
  const parsed = parseMaintenance(isObject && id !== undefined && !Object.hasOwn(body, "id") ? { id, ...body } : body);
  if (!parsed.ok) throw new InvalidRequestError("maintenance window", parsed.problems);
  if (id === undefined || parsed.definition.id === id) return parsed.definition;
  const detail = `has to be ${id}, as in the path; leave it out`;
  throw new InvalidRequestError("maintenance window", [{ pointer: "/id", detail }]);
}

function writeOf(request: FastifyRequest): RuleWrite {
  return { by: principalOf(request).id, precondition: parsePrecondition(request.headers) };
}
