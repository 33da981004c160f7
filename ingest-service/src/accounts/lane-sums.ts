import type { LaneAccount, RetiredLanes } from "./account.ts";

/** The sums over lanes, added to `before`. */
export function laneSums(lanes: readonly LaneAccount[], before: RetiredLanes): RetiredLanes {
  let { received, dropped, missing, unmarked } = before;
  for (const lane of lanes) {
    unmarked += lane.events - lane.eventsAtMark;
    // Before its first mark a lane that is not known from its beginning says nothing of what was received.
    if (lane.base === undefined) continue;
    const taken = lane.received - lane.base.received;
    const lost = lane.dropped - lane.base.dropped;
    received += taken;
    dropped += lost;
    missing += taken - lost - lane.eventsAtMark;
  }
  return { received, dropped, missing, unmarked };
}
