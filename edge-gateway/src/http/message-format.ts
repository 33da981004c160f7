import { RequestError } from "@headwater/core";
import { Type } from "@sinclair/typebox";
import { byMediaType, formats, mediaTypeOf, type MessageFormat } from "../pipeline/commit/content-format.ts";

export const mediaTypes: readonly string[] = [...Object.keys(byMediaType), "text/plain", "application/octet-stream"];

export const formatQuery = {
  format: Type.Optional(
    Type.Union(
      formats.map((name) => Type.Literal(name)),
      { description: "How the body is read, whatever its content type; `value`: a single value, of `metric`" },
    ),
  ),
  metric: Type.Optional(Type.String({ minLength: 1, maxLength: 256, description: "Of a body of the format `value`" })),
  device: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 256,
      description: "Of which device the readings are, where the login may speak for it. Default: of its own",
    }),
  ),
  topic: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 1024,
      description: "Instead: the MQTT topic that the message would be published to; a route of the gateway reads it",
    }),
  ),
};

export interface FormatQuery {
  readonly format?: MessageFormat;
  readonly metric?: string;
  readonly device?: string;
  readonly topic?: string;
}

/** The topic that the message would have over MQTT. Throws RequestError for what contradicts itself or is unknown. */
export function topicOf(query: FormatQuery, contentType: string | undefined, sender: string | undefined): string {
  const { topic, metric } = query;
  if (topic !== undefined) {
    const other = (["format", "metric", "device"] as const).find((name) => query[name] !== undefined);
    if (other === undefined) return topic;
    throw new RequestError(400, "invalid-topic", `The topic says what ${other} would; leave one of them out`);
  }
  const device = query.device ?? sender;
  if (device === undefined) {
    throw new RequestError(403, "no-login", "Without a login nobody knows whose readings these are; name ?device=");
  }
  const format = query.format ?? formatOf(contentType, metric);
  if (format !== "value") {
    if (metric !== undefined) {
      throw new RequestError(
        400,
        "metric-of-others",
        `A metric is named for a single value, and ${format} names its own`,
      );
    }
    return `devices/${device}/telemetry${format === "json" ? "" : `/${format}`}`;
  }
  if (metric === undefined) {
    throw new RequestError(400, "metric-missing", "A single value needs a name; add ?metric=temperature, for example");
  }
  if (metric.includes("/")) {
    throw new RequestError(400, "invalid-topic", "The name of a single value has no /; name it otherwise");
  }
  return `devices/${device}/telemetry/value/${metric}`;
}

function formatOf(contentType: string | undefined, metric: string | undefined): MessageFormat {
  const type = contentType === undefined ? undefined : mediaTypeOf(contentType);
  if (metric !== undefined && (type === undefined || type === "text/plain")) return "value";
  if (type === undefined) return "json";
  const format = byMediaType[type];
  if (format !== undefined) return format;
  throw new RequestError(
    415,
    "unsupported-media-type",
    `${JSON.stringify(type.slice(0, 80))} does not say which format the readings have; send one of ` +
      `${Object.keys(byMediaType).join(", ")}, or add ?format= (${formats.join(", ")})`,
  );
}
