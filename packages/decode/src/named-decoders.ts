import { cborDecoder } from "./cbor/headwater-cbor.ts";
import type { Decoder, DecoderOfTopic } from "./decoder.ts";
import { formOfTopic, jsonDecoder } from "./headwater-json.ts";
import type { JsonForm } from "./json-form.ts";
import { lineProtocol } from "./line-protocol/line-protocol.ts";
import { plainValues } from "./plain-value/plain-value.ts";
import { decodeHeadwaterProtobuf } from "./protobuf/headwater-protobuf.ts";
import { chirpStackUplink } from "./profiles/chirpstack.ts";
import { shellyNotification } from "./profiles/shelly.ts";
import { tasmotaTelemetry } from "./profiles/tasmota.ts";
import { theThingsStackUplink } from "./profiles/the-things-stack.ts";
import { zigbee2mqttState } from "./profiles/zigbee2mqtt.ts";
import type { RouteFormOption } from "./route-form.ts";
import { senmlCbor, senmlJson } from "./senml/senml.ts";

/** A format by its name in a route. */
export interface NamedDecoder {
  /** Options of a route that it honours; others are refused. */
  readonly takes: readonly RouteFormOption[];
  /** Whether a `{metric}` of the topic is honoured; otherwise such a topic is refused. */
  readonly takesMetric: boolean;
  readonly decoderOf: (form: JsonForm) => DecoderOfTopic;
}

const shapes: readonly RouteFormOption[] = ["time", "timeZone", "numbersInText", "flatten", "map"];

function fixed(decoderOf: DecoderOfTopic): NamedDecoder {
  return { takes: [], takesMetric: false, decoderOf: () => decoderOf };
}

function always(decoder: Decoder): NamedDecoder {
  return fixed(() => decoder);
}

/** Formats by the names that configured routes use. */
export const namedDecoders = {
  json: { takes: shapes, takesMetric: true, decoderOf: (form: JsonForm) => formOfTopic(form, jsonDecoder) },
  protobuf: always(decodeHeadwaterProtobuf),
  cbor: { takes: shapes, takesMetric: true, decoderOf: (form: JsonForm) => formOfTopic(form, cborDecoder) },
  senml: fixed(senmlJson()),
  "senml+cbor": fixed(senmlCbor()),
  line: always(lineProtocol()),
  "line-us": always(lineProtocol({ precision: "us" })),
  "line-ms": always(lineProtocol({ precision: "ms" })),
  "line-s": always(lineProtocol({ precision: "s" })),
  /** The metric is `{metric}` of the pattern. */
  value: { takes: ["map"], takesMetric: true, decoderOf: plainValues },
  /** Of profiles, for topics that are not where the profile has them. */
  tasmota: { takes: ["timeZone"], takesMetric: false, decoderOf: (form: JsonForm) => () => tasmotaTelemetry(form) },
  "shelly-rpc": always(shellyNotification),
  zigbee2mqtt: { takes: ["timeZone"], takesMetric: false, decoderOf: zigbee2mqttState },
  "the-things-stack": always(theThingsStackUplink),
  chirpstack: always(chirpStackUplink),
  /** Holds nothing to keep: acknowledged and counted. */
  none: always(() => ({ samples: [], effects: { ignored: "by-route" } })),
} as const satisfies Readonly<Record<string, NamedDecoder>>;

export type DecoderName = keyof typeof namedDecoders;
