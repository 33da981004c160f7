/** A time in which a gateway received nothing, on the log's clock (microseconds). */
export interface Outage {
  readonly from: number;
  /** 0: it is not back. */
  readonly to: number;
  /** The offset of the record that told of it. */
  readonly begun: number;
  /** The offset of the record that told of its end; 0: it is not back. */
  readonly ended: number;
}

/** Most outages that are kept of a gateway; the oldest go. */
const most = 8;

export function withOutage(outages: readonly Outage[], outage: Outage): readonly Outage[] {
  return [...outages, outage].slice(-most);
}

/**
 * From when on a device counts as unheard that was heard through a gateway at `heard` and is to be heard again within
 * `duration`: while the gateway was away nobody could be heard through it. Later outages than `until`, and what the log
 * told after the record at the offset `asOf`, do not count.
 */
export function unheardSince(
  outages: readonly Outage[],
  heard: number,
  duration: number,
  until: number,
  asOf: number,
): number {
  let since = heard;
  for (const { from, to, begun, ended } of outages) {
    if (begun > asOf || from >= until || from >= since + duration) continue;
    const isBack = to > 0 && ended <= asOf;
    since = Math.max(since, isBack ? Math.min(to, until) : until);
  }
  return since;
}
