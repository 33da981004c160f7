import { randomUUID } from "node:crypto";
import {
  type AccessInput,
  type AccessState,
  createProvisioningKey,
  deleteProvisioningKey,
  deviceLimits,
  type ProvisioningKey,
} from "@headwater/aggregates";
import {
  afterQuery,
  positionSchema,
  positionText,
  waitForAfter,
  decodeCursor,
  expiryFields,
  expiryOf,
  type HttpApp,
  listQuery,
  isTextPlace,
  namedProperties,
  plainText,
  pageOf,
  pageSchema,
  performWrite,
  principalOf,
  type WriteStamp,
  type Written,
} from "@headwater/service";
import { isoFromMicros, nowMicros, randomToken, sha256 } from "@headwater/core";
import { Type } from "@sinclair/typebox";
import { accessState, listProvisioningKeys } from "./access-model.ts";
import { type AccessWriteContext, accessRecord } from "./access-write.ts";

const tags = ["provisioning"];
const mayRead = { scopes: ["access:read"] };
const mayWrite = { scopes: ["access:write"] };
const tagsSchema = Type.Record(
  Type.String(),
  Type.String({ documented: { pattern: "^[^\\x00]*$", minLength: 1, maxLength: deviceLimits.tagValue } }),
  namedProperties(deviceLimits.tags),
);

const keySchema = Type.Object(
  {
    id: Type.String(),
    name: Type.String(),
    devices: Type.String({ description: "Ids that it may give, with * for any characters" }),
    type: Type.String(),
    tags: tagsSchema,
    createdAt: Type.String({ format: "date-time" }),
    createdBy: Type.String(),
    expiresAt: Type.Optional(Type.String({ format: "date-time" })),
  },
  { title: "ProvisioningKey" },
);

const newKeySchema = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: 128, description: "For people", ...plainText(1, 128) }),
    devices: Type.Optional(
      Type.String({
        maxLength: 128,
        description: "Ids that it may give, with * for any characters; default: every id",
      }),
    ),
    type: Type.Optional(Type.String({ description: "What its devices are", ...plainText(0, deviceLimits.type) })),
    tags: Type.Optional(tagsSchema),
    ...expiryFields,
  },
  { title: "NewProvisioningKey", additionalProperties: false },
);

/** Provisioning keys over REST: with one, new devices register themselves at a gateway. */
export function provisioningKeyRoutes(app: HttpApp, options: AccessWriteContext): void {
  const { model, topic, source, timeoutMs, outcomes } = options;

  const write = (
    id: string,
    decide: (state: AccessState | undefined, stamp: WriteStamp) => AccessInput,
  ): Promise<Written<AccessState>> =>
    performWrite(
      {
        topic,
        subject: `provisioning key ${JSON.stringify(id.slice(0, 100))}`,
        read: () => accessState(model.db, id),
        decide: (state, stamp) => accessRecord(decide(state, stamp), stamp, source),
        outcomes,
      },
      options,
    );

  app.post(
    "/api/v1/provisioning-keys",
    {
      config: mayWrite,
      schema: {
        operationId: "createProvisioningKey",
        summary: "A key with which new devices register themselves",
        tags,
        body: newKeySchema,
        response: {
          201: Type.Object(
            {
              ...keySchema.properties,
              key: Type.String({ description: "The MQTT password of the user name `provision`; shown this once" }),
              position: positionSchema,
            },
            { title: "CreatedProvisioningKey" },
          ),
        },
      },
    },
    async (request, reply) => {
      const { name, devices = "", type = "", tags: deviceTags = {} } = request.body;
      const secret = randomToken();
      const key = {
        id: randomUUID(),
        name,
        hash: sha256(secret),
        devices,
        type,
        tags: deviceTags,
        createdAt: nowMicros(),
        expiresAt: expiryOf(request.body, "invalid-credential"),
        createdBy: principalOf(request).id,
      };
      const { position } = await write(key.id, (_state, { writeId }) => createProvisioningKey(key, writeId));
      void reply.code(201).header("location", `/api/v1/provisioning-keys/${key.id}`);
      return { ...keyResource(key), key: secret, position: positionText(position) };
    },
  );

  app.get(
    "/api/v1/provisioning-keys",
    {
      config: mayRead,
      schema: {
        operationId: "listProvisioningKeys",
        summary: "Provisioning keys, without the secrets themselves",
        tags,
        querystring: Type.Object({ ...listQuery.properties, ...afterQuery }),
        response: { 200: pageSchema(keySchema) },
      },
    },
    async (request) => {
      const { limit, cursor, after } = request.query;
      await waitForAfter(model, after, timeoutMs);
      const keys = listProvisioningKeys(model.db, decodeCursor(request, cursor, isTextPlace) ?? "", limit + 1);
      return pageOf(request, keys, limit, ({ id }) => id, keyResource);
    },
  );

  app.delete(
    "/api/v1/provisioning-keys/:id",
    {
      config: mayWrite,
      schema: {
        operationId: "deleteProvisioningKey",
        summary: "Revoke a provisioning key; devices that it registered stay",
        tags,
        params: Type.Object({ id: Type.String() }),
        response: {
          200: Type.Object({ id: Type.String(), position: positionSchema }, { title: "DeletedProvisioningKey" }),
        },
      },
    },
    async (request) => {
      const { id } = request.params;
      const by = principalOf(request).id;
      const { position } = await write(id, (state, { writeId }) => deleteProvisioningKey(state, id, writeId, by));
      return { id, position: positionText(position) };
    },
  );
}

function keyResource({
  id,
  name,
  devices,
  type,
  tags: deviceTags,
  createdAt,
  createdBy,
  expiresAt,
}: Omit<ProvisioningKey, "scopes">) {
  return {
    id,
    name,
    devices,
    type,
    tags: { ...deviceTags },
    createdAt: isoFromMicros(createdAt),
    createdBy,
    ...(expiresAt > 0 && { expiresAt: isoFromMicros(expiresAt) }),
  };
}
