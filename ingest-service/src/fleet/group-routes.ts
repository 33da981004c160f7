import {
  type DeviceGroup,
  deleteDeviceGroup,
  deviceGroupName,
  presentDeviceGroup,
  saveDeviceGroup,
} from "@headwater/aggregates";
import { isoFromMicros } from "@headwater/core";
import {
  afterQuery,
  decodeCursor,
  etagOf,
  type HttpApp,
  isTextPlace,
  listQuery,
  pageOf,
  pageSchema,
  positionSchema,
  positionText,
  principalOf,
  waitForAfter,
} from "@headwater/service";
import { Type } from "@sinclair/typebox";
import type { FastifyReply } from "fastify";
import { accessState, listDeviceGroups } from "../access/access-model.ts";
import { type AccessWriteContext, writerOf } from "../access/access-write.ts";
import { type FilterText, readFilter, savedFilter } from "./device-filter.ts";

const tags = ["devices"];
const path = "/api/v1/groups/:id";
const mayRead = { scopes: ["devices:read"] };
const mayWrite = { scopes: ["devices:write"], preconditions: true };
const idSchema = Type.String({ pattern: "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$" });
const params = Type.Object({ id: idSchema });
const filterSchema = Type.Object(savedFilter, { title: "DeviceFilter", additionalProperties: false });
const groupFields = {
  id: Type.String(),
  filter: filterSchema,
  updatedAt: Type.String({ format: "date-time" }),
  updatedBy: Type.String(),
};
const groupSchema = Type.Object(groupFields, { title: "DeviceGroup" });
const savedSchema = Type.Object(
  { ...groupFields, position: Type.Optional(positionSchema) },
  { title: "SavedDeviceGroup" },
);

/** Device groups over REST: filters under a name, which the queries of several devices take as `group`. */
export function deviceGroupRoutes(app: HttpApp, options: AccessWriteContext): void {
  const { model, timeoutMs } = options;

  const write = writerOf(
    {
      noun: "device group",
      state: (id) => accessState(model.db, deviceGroupName(id)),
      revisionOf: (_id, state) => state.group?.revision,
    },
    options,
  );

  app.get(
    "/api/v1/groups",
    {
      config: mayRead,
      schema: {
        operationId: "listDeviceGroups",
        summary: "Device groups, by id",
        tags,
        querystring: Type.Object({ ...listQuery.properties, ...afterQuery }),
        response: { 200: pageSchema(groupSchema) },
      },
    },
    async (request) => {
      const { limit, cursor, after } = request.query;
      await waitForAfter(model, after, timeoutMs);
      const groups = listDeviceGroups(model.db, decodeCursor(request, cursor, isTextPlace) ?? "", limit + 1);
      return pageOf(request, groups, limit, ({ id }) => id, groupResource);
    },
  );

  app.get(
    path,
    {
      config: { ...mayRead, conditional: true },
      schema: {
        operationId: "getDeviceGroup",
        summary: "A device group",
        tags,
        params,
        querystring: Type.Object(afterQuery),
        response: { 200: groupSchema },
      },
    },
    async (request, reply) => {
      await waitForAfter(model, request.query.after, timeoutMs);
      const { id } = request.params;
      return answer(reply, presentDeviceGroup(accessState(model.db, deviceGroupName(id)), id));
    },
  );

  app.put(
    path,
    {
      config: mayWrite,
      schema: {
        operationId: "saveDeviceGroup",
        summary: "Save a filter of devices under a name, or change it",
        description: "Who belongs to the group is decided whenever it is asked for; relative times count from then.",
        tags,
        params,
        body: Type.Object({ filter: filterSchema }, { title: "NewDeviceGroup", additionalProperties: false }),
        response: { 200: savedSchema },
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      // Refuses what could not be asked for later.
      readFilter(request.body.filter);
      const filter = JSON.stringify(request.body.filter);
      const updatedBy = principalOf(request).id;
      const { state, position } = await write(request, id, (before, { writeId, at: updatedAt }) =>
        saveDeviceGroup(before, { id, filter, updatedAt, updatedBy }, writeId),
      );
      const saved = answer(reply, presentDeviceGroup(state, id));
      return { ...saved, ...(position !== undefined && { position: positionText(position) }) };
    },
  );

  app.delete(
    path,
    {
      config: mayWrite,
      schema: {
        operationId: "deleteDeviceGroup",
        summary: "Forget a device group; its devices stay",
        tags,
        params,
        response: {
          200: Type.Object({ id: Type.String(), position: positionSchema }, { title: "DeletedDeviceGroup" }),
        },
      },
    },
    async (request) => {
      const { id } = request.params;
      const updatedBy = principalOf(request).id;
      const { position } = await write(request, id, (state, { writeId, at: updatedAt }) =>
        deleteDeviceGroup(state, { id, updatedAt, updatedBy }, writeId),
      );
      return { id, position: positionText(position!) };
    },
  );
}

function answer(reply: FastifyReply, group: DeviceGroup) {
  void reply.header("etag", etagOf(group.revision));
  return groupResource(group);
}

function groupResource({ id, filter, updatedAt, updatedBy }: DeviceGroup) {
  return { id, filter: JSON.parse(filter) as FilterText, updatedAt: isoFromMicros(updatedAt), updatedBy };
}
