import type { Codec } from "@headwater/proto";

export const at = 1_795_435_200_000_001;
export const epoch = 2 ** 51 + 3;

/** By name: an event, and the codec of its topic. */
export type SampleEvents = Readonly<Record<string, { codec: Codec<never, unknown>; event: object }>>;

export function sample<I extends object>(codec: Codec<I, unknown>, event: I): SampleEvents[string] {
  return { codec, event };
}
