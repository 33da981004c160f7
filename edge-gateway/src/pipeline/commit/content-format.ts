/** The formats of devices, by their names in a topic: `devices/{id}/telemetry/{format}`. */
export const formats = ["json", "protobuf", "senml", "senml-cbor", "cbor", "line", "value"] as const;
export type MessageFormat = (typeof formats)[number];

/** What a body is, by its media type. */
export const byMediaType: Readonly<Record<string, MessageFormat>> = {
  // Of what every object has it knows nothing.
  __proto__: null as never,
  "application/json": "json",
  "application/senml+json": "senml",
  "application/senml+cbor": "senml-cbor",
  "application/cbor": "cbor",
  "application/protobuf": "protobuf",
  "application/x-protobuf": "protobuf",
  "application/vnd.google.protobuf": "protobuf",
  "application/vnd.influx.line-protocol": "line",
};

/** Without its parameters. */
export function mediaTypeOf(contentType: string): string {
  return contentType.split(";", 1)[0]!.trim().toLowerCase();
}

/** The topic of a message that names its format by its content type, where its own topic leaves that open. */
export function topicOfContent(topic: string, contentType: string, sender: string | undefined): string {
  const device = openTopic.exec(topic)?.[1] ?? (topic === myTelemetry ? sender : undefined);
  const format = byMediaType[mediaTypeOf(contentType)];
  return device === undefined || format === undefined || format === "json"
    ? topic
    : `devices/${device}/telemetry/${format}`;
}

const openTopic = /^devices\/([^/]+)\/telemetry$/;
const myTelemetry = "v1/devices/me/telemetry";
