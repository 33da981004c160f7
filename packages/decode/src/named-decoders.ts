import { decodeHeadwaterCbor } from "./cbor/headwater-cbor.ts";
import type { Decoder, DecoderOfTopic } from "./decoder.ts";
import { decodeHeadwaterJson } from "./headwater-json.ts";
import { lineProtocol } from "./line-protocol/line-protocol.ts";
import { plainValueOfTopic } from "./plain-value/plain-value.ts";
import { decodeHeadwaterProtobuf } from "./protobuf/headwater-protobuf.ts";
import { senmlCbor, senmlJson } from "./senml/senml.ts";

const always =
  (decoder: Decoder): DecoderOfTopic =>
  () =>
    decoder;

/** Formats by the names that configured routes use. */
export const namedDecoders = {
  json: always(decodeHeadwaterJson),
  protobuf: always(decodeHeadwaterProtobuf),
  cbor: always(decodeHeadwaterCbor),
  senml: senmlJson(),
  "senml+cbor": senmlCbor(),
  line: always(lineProtocol()),
  "line-us": always(lineProtocol({ precision: "us" })),
  "line-ms": always(lineProtocol({ precision: "ms" })),
  "line-s": always(lineProtocol({ precision: "s" })),
  /** The metric is `{metric}` of the pattern. */
  value: plainValueOfTopic,
} as const satisfies Readonly<Record<string, DecoderOfTopic>>;

export type DecoderName = keyof typeof namedDecoders;
