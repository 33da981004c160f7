import { ConfigError } from "@headwater/core";
import { decodeHeadwaterCbor } from "./cbor/headwater-cbor.ts";
import { lineProtocol } from "./line-protocol/line-protocol.ts";
import { senmlCbor, senmlJson } from "./senml/senml.ts";
import type { Decoder, DecoderOfTopic } from "./decoder.ts";
import { decodeHeadwaterJson, jsonDecoder } from "./headwater-json.ts";
import { plainValueOfTopic } from "./plain-value/plain-value.ts";
import { DeviceTemplate } from "./device-template.ts";
import { decodeHeadwaterProtobuf } from "./protobuf/headwater-protobuf.ts";
import { TopicPattern } from "./topic-pattern.ts";

/**
 * Which decoder reads the messages of a topic, and which device they are of. `{device}` in the pattern stands for one
 * level, the device's id; other names stand for what `device`, a template, or the decoder makes of them. Where there is
 * neither, the message is of the device that is logged in.
 */
export interface RouteSpec {
  readonly pattern: string;
  readonly decoder?: Decoder;
  /** Instead of `decoder`, where the topic says a part of what the message means. */
  readonly decoderOf?: DecoderOfTopic;
  /** Of messages that came before, where `decoderOf` hears them: what it knows may help, nothing changes by them. */
  readonly againOf?: DecoderOfTopic;
  /** The device's id from names of the pattern, like `{group}:{node}`. Default: `{device}`, taken as it is. */
  readonly device?: string;
  /** Who sends it, where that is not the device itself but one that speaks for it: a template like `device`. */
  readonly sender?: string;
  /** With `sender`: the device may send it, too, if it is logged in itself. */
  readonly ownToo?: boolean;
  /** User properties of MQTT 5 that are kept with the event, by their names. */
  readonly userProperties?: readonly string[] | undefined;
  /** Characters that these two templates encode in every level. */
  readonly reserved?: string;
}

/** Topics of devices themselves. A new decoder is a file of its own and a line here. */
export const builtInRoutes: readonly RouteSpec[] = [
  { pattern: "devices/{device}/telemetry", decoder: decodeHeadwaterJson },
  { pattern: "devices/{device}/telemetry/json", decoder: decodeHeadwaterJson },
  { pattern: "devices/{device}/telemetry/protobuf", decoder: decodeHeadwaterProtobuf },
  { pattern: "devices/{device}/telemetry/value/{metric}", decoderOf: plainValueOfTopic },
  { pattern: "devices/{device}/telemetry/cbor", decoder: decodeHeadwaterCbor },
  { pattern: "devices/{device}/telemetry/line", decoder: lineProtocol() },
  { pattern: "devices/{device}/telemetry/senml", decoderOf: senmlJson() },
  // MQTT has no topic with a `+` in it, so most clients cannot send to the first of these.
  { pattern: "devices/{device}/telemetry/senml+cbor", decoderOf: senmlCbor() },
  { pattern: "devices/{device}/telemetry/senml-cbor", decoderOf: senmlCbor() },
  // ThingsBoard takes a number in text as a number.
  { pattern: "v1/devices/me/telemetry", decoder: jsonDecoder({ numbersInText: true }) },
];

export interface Route {
  readonly decoder: Decoder;
  /** undefined: the device that is logged in. */
  readonly device: string | undefined;
  /** The devices that may send it of themselves: what is sent is their own. Empty: the device that is logged in. */
  readonly senders: readonly string[];
  /** User properties of MQTT 5 that are kept with the event. */
  readonly userProperties: readonly string[] | undefined;
}

interface CompiledRoute {
  readonly pattern: TopicPattern;
  readonly decoderOf: DecoderOfTopic;
  readonly device: DeviceTemplate | undefined;
  readonly sender: DeviceTemplate | undefined;
  readonly ownToo: boolean;
  readonly userProperties: readonly string[] | undefined;
}

export class Routes {
  readonly #specs: readonly RouteSpec[];
  readonly #routes: readonly CompiledRoute[];

  /** Throws ConfigError for a route that cannot be. */
  constructor(specs: readonly RouteSpec[] = builtInRoutes) {
    this.#specs = specs;
    this.#routes = specs.map(compile);
  }

  /** The same, for messages that came before and are taken once more: they are not heard now. */
  again(): Routes {
    return new Routes(
      this.#specs.map((spec) => (spec.againOf === undefined ? spec : { ...spec, decoderOf: spec.againOf })),
    );
  }

  /**
   * The first route whose pattern the topic has; undefined if none has. Callers keep the answer: it depends on the
   * topic alone.
   */
  find(topic: string): Route | undefined {
    const levels = topic.split("/");
    for (const route of this.#routes) {
      const names = route.pattern.match(levels);
      if (names === undefined) continue;
      const device = route.device === undefined ? names.get("device") : route.device.idOf(names);
      const own = route.sender === undefined || route.ownToo ? device : undefined;
      const senders = [own, route.sender?.idOf(names)].filter((sender) => sender !== undefined);
      const { userProperties } = route;
      return { decoder: route.decoderOf({ topic, names, device }), device, senders, userProperties };
    }
    return undefined;
  }
}

function compile(spec: RouteSpec): CompiledRoute {
  const { pattern, decoder, decoderOf, reserved, ownToo = false, userProperties, ...templates } = spec;
  const compiled = new TopicPattern(pattern);
  const template = (text: string | undefined) => (text === undefined ? undefined : new DeviceTemplate(text, reserved));
  const [device, sender] = [template(templates.device), template(templates.sender)];
  const missing = [...(device?.names ?? []), ...(sender?.names ?? [])].find((name) => !compiled.names.includes(name));
  if (missing !== undefined)
    throw new ConfigError(`The route ${pattern} makes its device of {${missing}}, which the pattern lacks`);
  const made = decoderOf ?? (decoder === undefined ? undefined : () => decoder);
  if (made === undefined) throw new ConfigError(`The route ${pattern} has no decoder`);
  return { pattern: compiled, decoderOf: made, device, sender, ownToo, userProperties };
}
