export { RetentionClock, type MillisecondClocks } from "./retention-clock.ts";
export { nowMicros } from "./clock.ts";
export { isoFromMicros, microsFromIso } from "./iso.ts";
export { formatDuration, parseDuration, tryParseDuration } from "./duration.ts";
export { parseTimeRef } from "./time-ref.ts";
export { instantOfLocal, isTimeZone, TimeZone, type ZonePiece } from "./time-zone.ts";
