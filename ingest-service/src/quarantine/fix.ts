import { type Static, Type } from "@sinclair/typebox";
import { RequestError } from "@headwater/core";
import type { QuarantineEntry } from "./quarantine-queries.ts";

const maxFixedBytes = 512 * 1024;

/** What somebody gives so that an entry can be taken. */
export const fixSchema = Type.Object(
  {
    payload: Type.Optional(Type.String({ description: "base64; at most 512 KiB" })),
    text: Type.Optional(Type.String({ description: "The payload as text" })),
    json: Type.Optional(Type.Unknown({ description: "The payload as JSON" })),
    topic: Type.Optional(
      Type.String({ minLength: 1, maxLength: 65_535, description: "The MQTT topic whose route reads it" }),
    ),
    seriesLimit: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 10_000_000, description: "Series that its device may have from now on" }),
    ),
  },
  { title: "QuarantineFix", additionalProperties: false },
);

/** The payload of a fix; undefined if it keeps that of the entry. Throws RequestError. */
export function payloadOf({ payload, text, json }: Static<typeof fixSchema>): Uint8Array | undefined {
  const given = [payload, text, json].filter((each) => each !== undefined);
  if (given.length > 1) throw new RequestError(400, "several-payloads", "Give one of payload, text and json");
  if (given.length === 0) return undefined;
  const bytes = payload === undefined ? Buffer.from(text ?? JSON.stringify(json)) : Buffer.from(payload, "base64");
  if (payload !== undefined && bytes.toString("base64").replace(/=+$/, "") !== payload.replace(/=+$/, "")) {
    throw new RequestError(400, "invalid-payload", "`payload` is no base64");
  }
  if (bytes.length <= maxFixedBytes) return bytes;
  throw new RequestError(413, "payload-too-large", `The payload has ${bytes.length} bytes; at most ${maxFixedBytes}`);
}

/** Throws RequestError where nothing could be read with it. */
export function checkFix(
  { device, logTopic, fixedPayload, mqttTopic }: QuarantineEntry,
  payload?: Uint8Array,
  topic?: string,
): void {
  if (topic !== undefined && ["+", "#", "\0"].some((each) => topic.includes(each))) {
    throw new RequestError(400, "invalid-topic", "A topic that messages come on has no wildcard");
  }
  const isRecord = logTopic !== "" && payload === undefined && fixedPayload === undefined;
  if (topic !== undefined && isRecord) {
    throw new RequestError(
      400,
      "payload-needed",
      "The entry holds a record of the log: a topic reads a payload, so give one too",
    );
  }
  if (payload !== undefined && topic === undefined && mqttTopic === "" && device === "") {
    throw new RequestError(
      400,
      "topic-needed",
      "The entry names no device: give the topic whose route reads the payload",
    );
  }
}
