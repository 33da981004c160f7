import { Type } from "@sinclair/typebox";
import { type Device, deviceLimits } from "@headwater/aggregates";
import { isoFromMicros } from "@headwater/core";
import { deviceId, namedProperties, plainText, positionSchema } from "@headwater/service";
import { newCredentialSchema } from "./new-credential.ts";

const attributeValue = Type.Union([
  Type.Number(),
  Type.Boolean(),
  Type.String({ maxLength: deviceLimits.attributeText, documented: { pattern: "^[^\\x00]*$" } }),
]);
const tagValue = { documented: { pattern: "^[^\\x00]*$", minLength: 1, maxLength: deviceLimits.tagValue } };
const type = Type.Optional(Type.String(plainText(0, deviceLimits.type)));
const tags = Type.Record(Type.String(), Type.String(tagValue), namedProperties(deviceLimits.tags));
const attributes = Type.Record(Type.String(), attributeValue, namedProperties(deviceLimits.attributes));

export const credentialSchema = Type.Object(
  {
    id: Type.String(),
    kind: Type.String({ description: "token, password or x509" }),
    createdAt: Type.String({ format: "date-time" }),
    expiresAt: Type.Optional(Type.String({ format: "date-time" })),
    subject: Type.Optional(Type.String({ description: "Of x509: which certificate" })),
  },
  { title: "Credential" },
);

export const deviceSchema = Type.Object(
  {
    id: Type.String(),
    revision: Type.Integer({ description: "Rises with every write; also the ETag" }),
    type: Type.String(),
    tags,
    attributes,
    credentials: Type.Array(credentialSchema, { description: "Without the secrets themselves" }),
    createdAt: Type.String({ format: "date-time" }),
    updatedAt: Type.String({ format: "date-time" }),
  },
  { title: "Device" },
);

const seenSchema = {
  connected: Type.Boolean({ description: "Whether it has an MQTT session" }),
  connectedAt: Type.Optional(Type.String({ format: "date-time", description: "Since when it is connected" })),
  disconnectedAt: Type.Optional(Type.String({ format: "date-time", description: "Since when it is not" })),
  lastSeen: Type.Optional(
    Type.String({
      format: "date-time",
      description:
        "The newest time of its readings, or when it came or went, if that was later; absent: never, or the " +
        "time-series store does not answer",
    }),
  ),
};

export const listedDeviceSchema = Type.Object(
  { ...deviceSchema.properties, registered: Type.Literal(true), ...seenSchema },
  { title: "SeenDevice" },
);

export const heardDeviceSchema = Type.Object(
  { id: Type.String(), registered: Type.Literal(false), ...seenSchema },
  { title: "HeardDevice" },
);

export const writtenDeviceSchema = Type.Object(
  { ...deviceSchema.properties, position: positionSchema },
  { title: "WrittenDevice" },
);

export const createdDeviceSchema = Type.Object(
  {
    ...writtenDeviceSchema.properties,
    token: Type.Optional(Type.String({ description: "The MQTT password, if one was generated; shown this once" })),
    credentialId: Type.String(),
  },
  { title: "RegisteredDevice" },
);

export const registrationSchema = Type.Object(
  {
    id: Type.String({
      description: "MQTT user name and part of its topics; without '/', '+', '#' or control characters",
      ...deviceId,
    }),
    type,
    tags: Type.Optional(tags),
    attributes: Type.Optional(attributes),
    credential: Type.Optional(newCredentialSchema),
  },
  { title: "Registration", additionalProperties: false },
);

export const patchSchema = Type.Object(
  {
    type,
    tags: Type.Optional(
      Type.Record(Type.String(), Type.Union([Type.String(tagValue), Type.Null()]), namedProperties(deviceLimits.tags)),
    ),
    attributes: Type.Optional(
      Type.Record(Type.String(), Type.Union([attributeValue, Type.Null()]), namedProperties(deviceLimits.attributes)),
    ),
  },
  {
    title: "DevicePatch",
    additionalProperties: false,
    description: "A JSON merge patch: null removes a tag or an attribute",
  },
);

export function deviceResource(device: Device) {
  return {
    id: device.id,
    revision: device.revision,
    type: device.type,
    tags: { ...device.tags },
    attributes: { ...device.attributes },
    credentials: device.credentials.map(({ id, kind, createdAt, expiresAt, subject }) => ({
      id,
      kind,
      createdAt: isoFromMicros(createdAt),
      ...(expiresAt > 0 && { expiresAt: isoFromMicros(expiresAt) }),
      ...(subject !== undefined && { subject }),
    })),
    createdAt: isoFromMicros(device.createdAt),
    updatedAt: isoFromMicros(device.updatedAt),
  };
}
