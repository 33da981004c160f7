import type { LaneAccount, LaneSums } from "./account.ts";

/** The sums over lanes, added to `before`. */
export function laneSums(lanes: readonly LaneAccount[], before: LaneSums): LaneSums {
  let { received, dropped, missing, unmarked } = before;
  for (const lane of lanes) {
    unmarked += lane.events - lane.eventsAtMark;
    // Before its first mark a lane that is not known from its beginning says nothing of what was received.
    if (lane.base === undefined) continue;
    const taken = lane.received - lane.base.received;
    const counted = lane.dropped - lane.base.dropped;
    const short = taken - counted - lane.eventsAtMark;
    // More than was received cannot have been dropped: so many of the uncertain identities were marks.
    const marks = Math.min(Math.max(0, -short), lane.uncertain);
    received += taken;
    dropped += counted - marks;
    missing += short + marks;
  }
  return { received, dropped, missing, unmarked };
}
