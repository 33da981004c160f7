import { randomUUID } from "node:crypto";
import {
  type AccessInput,
  createProvisioningKey,
  deleteProvisioningKey,
  type ProvisioningKey,
} from "@headwater/aggregates";
import type { Position } from "@headwater/event-log";
import { cloudEventHeaders, events, eventTypes } from "@headwater/proto";
import {
  afterQuery,
  positionSchema,
  positionText,
  waitForAfter,
  decodeCursor,
  encodeCursor,
  type HttpApp,
  listQuery,
  page,
  pageSchema,
  principalOf,
} from "@headwater/service";
import type { ReadModel } from "@headwater/event-log/read-model";
import { ConflictError, isoFromMicros, nowMicros, randomToken, sha256 } from "@headwater/core";
import { Type } from "@sinclair/typebox";
import { expiryFields, expiryOf } from "../devices/new-credential.ts";
import type { LogWriter } from "../http/log-write.ts";
import { accessState, listProvisioningKeys } from "./access-model.ts";

export interface ProvisioningKeyRoutesOptions {
  readonly model: ReadModel;
  readonly topic: string;
  readonly writer: LogWriter;
  readonly source: string;
  readonly timeoutMs: number;
}

const tags = ["provisioning"];
const read = { scopes: ["access:read"] };
const write = { scopes: ["access:write"] };
const tagsSchema = Type.Record(Type.String(), Type.String());

const keySchema = Type.Object({
  id: Type.String(),
  name: Type.String(),
  devices: Type.String({ description: "Ids that it may give, with * for any characters" }),
  type: Type.String(),
  tags: tagsSchema,
  createdAt: Type.String({ format: "date-time" }),
  createdBy: Type.String(),
  expiresAt: Type.Optional(Type.String({ format: "date-time" })),
});

const newKeySchema = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: 128, description: "For people" }),
    devices: Type.Optional(
      Type.String({
        maxLength: 128,
        description: "Ids that it may give, with * for any characters; default: every id",
      }),
    ),
    type: Type.Optional(Type.String({ description: "What its devices are" })),
    tags: Type.Optional(tagsSchema),
    ...expiryFields,
  },
  { additionalProperties: false },
);

/** Provisioning keys over REST: with one, new devices register themselves at a gateway. */
export function provisioningKeyRoutes(app: HttpApp, options: ProvisioningKeyRoutesOptions): void {
  const { model, topic, writer, source, timeoutMs } = options;

  const append = async (input: AccessInput): Promise<Position> => {
    const writeId = String(input.writeId);
    const headers = cloudEventHeaders({ type: eventTypes.access, source, id: writeId, time: nowMicros() });
    const position = await writer.append(topic, { key: String(input.id), value: events.access.encode(input), headers });
    await model.waitFor(position, timeoutMs);
    if (accessState(model.db, String(input.id))?.writeId !== writeId) {
      throw new ConflictError("Another write came first; read the key again");
    }
    return position;
  };

  app.post(
    "/api/v1/provisioning-keys",
    {
      config: write,
      schema: {
        summary: "A key with which new devices register themselves",
        tags,
        body: newKeySchema,
        response: {
          201: Type.Object({
            ...keySchema.properties,
            key: Type.String({ description: "The MQTT password of the user name `provision`; shown this once" }),
            position: positionSchema,
          }),
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
        expiresAt: expiryOf(request.body),
        createdBy: principalOf(request).id,
      };
      const position = await append(createProvisioningKey(key, randomUUID()));
      void reply.code(201).header("location", `/api/v1/provisioning-keys/${key.id}`);
      return { ...keyResource(key), key: secret, position: positionText(position) };
    },
  );

  app.get(
    "/api/v1/provisioning-keys",
    {
      config: read,
      schema: {
        summary: "Provisioning keys, without the secrets themselves",
        tags,
        querystring: Type.Object({ ...listQuery.properties, ...afterQuery }),
        response: { 200: pageSchema(keySchema) },
      },
    },
    async (request) => {
      const { limit, cursor, after } = request.query;
      await waitForAfter(model, after, timeoutMs);
      const from = cursor === undefined ? "" : decodeCursor(cursor, isText);
      const keys = listProvisioningKeys(model.db, from, limit + 1);
      const items = keys.slice(0, limit);
      return page(items.map(keyResource), keys.length > limit ? encodeCursor(items.at(-1)!.id) : null);
    },
  );

  app.delete(
    "/api/v1/provisioning-keys/:id",
    {
      config: write,
      schema: {
        summary: "Revoke a provisioning key; devices that it registered stay",
        tags,
        params: Type.Object({ id: Type.String() }),
        response: { 200: Type.Object({ id: Type.String(), position: positionSchema }) },
      },
    },
    async (request) => {
      const { id } = request.params;
      const position = await append(deleteProvisioningKey(accessState(model.db, id), id, randomUUID()));
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

function isText(value: unknown): value is string {
  return typeof value === "string";
}
