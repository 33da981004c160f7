import type { Decoder } from "./decoder.ts";
import { decodeHeadwaterJson } from "./headwater-json.ts";

/**
 * Which decoder reads the messages of a topic, and which device they are of. `{device}` stands for one level, the device's id;
 * where the pattern has none, the message is of the device that is logged in.
 */
export interface RouteSpec {
  readonly pattern: string;
  readonly decoder: Decoder;
}

/** A new decoder is a file of its own and a line here. */
export const builtInRoutes: readonly RouteSpec[] = [
  { pattern: "devices/{device}/telemetry", decoder: decodeHeadwaterJson },
  { pattern: "devices/{device}/telemetry/json", decoder: decodeHeadwaterJson },
  { pattern: "v1/devices/me/telemetry", decoder: decodeHeadwaterJson },
];

export interface Route {
  readonly decoder: Decoder;
  /** undefined: the device that is logged in. */
  readonly device: string | undefined;
}

interface CompiledRoute {
  readonly levels: readonly string[];
  readonly decoder: Decoder;
}

export class Routes {
  readonly #routes: readonly CompiledRoute[];

  constructor(specs: readonly RouteSpec[] = builtInRoutes) {
    this.#routes = specs.map(({ pattern, decoder }) => ({ levels: pattern.split("/"), decoder }));
  }

  /** The first route whose pattern the topic has; undefined if none has. Callers keep the answer: it depends on the topic alone. */
  find(topic: string): Route | undefined {
    const levels = topic.split("/");
    for (const route of this.#routes) {
      const device = match(route.levels, levels);
      if (device !== null) return { decoder: route.decoder, device };
    }
    return undefined;
  }
}

/** The device's level, undefined if the pattern has none, null if the topic does not have the pattern. */
function match(pattern: readonly string[], levels: readonly string[]): string | undefined | null {
  if (pattern.length !== levels.length) return null;
  let device: string | undefined;
  for (let i = 0; i < pattern.length; i += 1) {
    if (pattern[i] === "{device}" && levels[i] !== "") device = levels[i];
    else if (pattern[i] !== levels[i]) return null;
  }
  return device;
}
