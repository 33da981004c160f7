import { Type } from "@sinclair/typebox";
import {
  addCredential,
  deleteDevice,
  type DeviceState,
  patchDevice,
  registerDevice,
  removeCredential,
} from "@headwater/aggregates";
import type { ReadModel } from "@headwater/event-log/read-model";
import {
  afterQuery,
  positionText,
  positionSchema,
  waitForAfter,
  etagOf,
  type HttpApp,
  type Written,
} from "@headwater/service";
import { InvariantError, RequestError } from "@headwater/core";
import { deviceState } from "./device-model.ts";
import {
  createdDeviceSchema,
  credentialSchema,
  deviceResource,
  deviceSchema,
  patchSchema,
  registrationSchema,
  writtenDeviceSchema,
} from "./device-resource.ts";
import type { DeviceWriter } from "./device-writer.ts";
import { makeCredential, newCredentialSchema } from "./new-credential.ts";
import { PasswordHasher } from "./password-hasher.ts";

export interface DeviceRoutesOptions {
  readonly model: ReadModel;
  readonly write: DeviceWriter;
  readonly timeoutMs: number;
}

const idParams = Type.Object({ id: Type.String() });
const mayRead = { scopes: ["devices:read"] };
const mayWrite = { scopes: ["devices:write"], preconditions: true };
const tags = ["devices"];

export function deviceRoutes(app: HttpApp, { model, write, timeoutMs }: DeviceRoutesOptions): void {
  const hasher = new PasswordHasher();

  app.post(
    "/api/v1/devices",
    {
      config: mayWrite,
      schema: {
        operationId: "registerDevice",
        summary: "Register a device",
        description: "What was heard under its id while no device had it becomes its own.",
        tags,
        body: registrationSchema,
        response: { 201: createdDeviceSchema },
      },
    },
    async (request, reply) => {
      const { credential: asked = {}, ...described } = request.body;
      const { token, credential } = await makeCredential(asked, described.id, hasher);
      const registration = { ...described, credentials: [credential] };
      const written = await write(request, registration.id, (state, at) => registerDevice(state, registration, at));
      const resource = writtenResource(written);
      void reply
        .code(201)
        .header("location", `/api/v1/devices/${encodeURIComponent(registration.id)}`)
        .header("etag", etagOf(resource.revision));
      return { ...resource, ...(token !== undefined && { token }), credentialId: credential.id };
    },
  );

  app.get(
    "/api/v1/devices/:id",
    {
      config: { ...mayRead, conditional: true },
      schema: {
        operationId: "getDevice",
        summary: "One device",
        tags,
        params: idParams,
        querystring: Type.Object(afterQuery),
        response: { 200: deviceSchema },
      },
    },
    async (request, reply) => {
      await waitForAfter(model, request.query.after, timeoutMs);
      const device = deviceState(model.db, request.params.id)?.device;
      if (device === undefined) throw unknownDevice(request.params.id);
      void reply.header("etag", etagOf(device.revision));
      return deviceResource(device);
    },
  );

  app.patch(
    "/api/v1/devices/:id",
    {
      config: mayWrite,
      schema: {
        operationId: "patchDevice",
        summary: "Change a device",
        tags,
        params: idParams,
        body: patchSchema,
        response: { 200: writtenDeviceSchema },
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      const written = await write(request, id, (state, at) => patchDevice(state, id, request.body, at));
      const resource = writtenResource(written);
      void reply.header("etag", etagOf(resource.revision));
      return resource;
    },
  );

  app.delete(
    "/api/v1/devices/:id",
    {
      config: mayWrite,
      schema: {
        operationId: "deleteDevice",
        summary: "Delete a device; what it has sent stays, unless that is to go too",
        description:
          "Its commands end as `rejected`, its alerts are cleared, its connections end. A device that is registered under " +
          "this id later is another one: see `incarnations` of what reads telemetry.",
        tags,
        params: idParams,
        querystring: Type.Object({
          data: Type.Optional(
            Type.Union([Type.Literal("keep"), Type.Literal("delete")], {
              description:
                "`delete`: its telemetry, and that of earlier devices of this id, is deleted from the time-series store",
            }),
          ),
        }),
        response: {
          200: Type.Object(
            { id: Type.String(), revision: Type.Integer(), position: positionSchema },
            { title: "DeletedDevice" },
          ),
        },
      },
    },
    async (request) => {
      const { id } = request.params;
      const eraseData = request.query.data === "delete";
      const { state, position } = await write(request, id, (present, at) =>
        deleteDevice(present, id, at, { eraseData }),
      );
      return { id, revision: state.revision, position: positionText(position) };
    },
  );

  app.post(
    "/api/v1/devices/:id/credentials",
    {
      config: mayWrite,
      schema: {
        operationId: "addCredential",
        summary: "One more credential for a device; those that it has go on",
        tags,
        params: idParams,
        body: Type.Union([newCredentialSchema, Type.Null()]),
        response: {
          201: Type.Object(
            {
              ...credentialSchema.properties,
              token: Type.Optional(Type.String({ description: "If one was generated; shown this once" })),
              position: positionSchema,
            },
            { title: "AddedCredential" },
          ),
        },
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      const { token, credential } = await makeCredential(request.body ?? {}, id, hasher);
      const written = await write(request, id, (state, at) => addCredential(state, id, credential, at));
      const { credentials, position } = writtenResource(written);
      const added = credentials.find((each) => each.id === credential.id);
      if (added === undefined) throw new InvariantError("A credential that was added is not there");
      void reply.code(201);
      return { ...added, ...(token !== undefined && { token }), position };
    },
  );

  app.delete(
    "/api/v1/devices/:id/credentials/:credentialId",
    {
      config: mayWrite,
      schema: {
        operationId: "removeCredential",
        summary: "Revoke a credential; its connections end",
        tags,
        params: Type.Object({ id: Type.String(), credentialId: Type.String() }),
        response: { 200: writtenDeviceSchema },
      },
    },
    async (request) => {
      const { id, credentialId } = request.params;
      const written = await write(request, id, (state, at) => removeCredential(state, id, credentialId, at));
      return writtenResource(written);
    },
  );
}

export function unknownDevice(id: string): RequestError {
  return new RequestError(404, "device-unknown", `There is no device ${JSON.stringify(id.slice(0, 200))}`);
}

function writtenResource({ state, position }: Written<DeviceState>) {
  if (state.device === undefined) throw new InvariantError("A device that was written is not there");
  return { ...deviceResource(state.device), position: positionText(position) };
}
