import { defaultDecodeLimits, type DecodedMessage } from "../src/decoder.ts";
import { Routes, type RouteSpec } from "../src/routes.ts";

/** A profile as messages meet it: by topic. */
export function profileUnderTest(specs: readonly RouteSpec[]) {
  const routes = new Routes(specs);
  const take = (
    topic: string,
    payload: string | Uint8Array,
  ): DecodedMessage & { readonly device: string | undefined } => {
    const route = routes.find(topic)!;
    return { device: route.device, ...route.decoder(Buffer.from(payload as string), defaultDecodeLimits) };
  };
  return { routes, take, decoder: (topic: string) => routes.find(topic)!.decoder };
}

/** The readings by metric, with the unit where there is one. */
export function byMetric({ samples }: DecodedMessage): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    samples.flatMap(({ readings }) =>
      readings.map(({ metric, value, unit }) => [metric, unit === undefined ? value : [value, unit]]),
    ),
  );
}
