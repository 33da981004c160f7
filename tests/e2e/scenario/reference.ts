import type { Sample } from "@headwater/device-sim";

export interface Episode {
  readonly raisedAt: number;
  readonly clearedAt: number | undefined;
}

/**
 * The episodes of one device by the rule's plain words: above for a duration, cleared below; at one instant in order of
 * arrival.
 */
export function referenceEpisodes(
  samples: readonly Sample[],
  rule: { above: number; clearBelow: number; forMicros: number },
): Episode[] {
  const episodes: { raisedAt: number; clearedAt: number | undefined }[] = [];
  let [since, active]: [number | undefined, boolean] = [undefined, false];
  for (const { time, value } of samples.toSorted((a, b) => a.time - b.time)) {
    if (!active && value > rule.above) since ??= time;
    const held =
      since !== undefined && (time > since + rule.forMicros || (value > rule.above && time === since + rule.forMicros));
    if (!active && held) active = episodes.push({ raisedAt: since! + rule.forMicros, clearedAt: undefined }) > 0;
    if (value <= rule.above) since = undefined;
    if (active && value < rule.clearBelow) [episodes.at(-1)!.clearedAt, active, since] = [time, false, undefined];
  }
  return episodes;
}
