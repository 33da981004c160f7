export { FoldedEvents, type FoldedEventsOptions, type RecordSource } from "./folded-events.ts";
export { SkippedRecords, skipReasons, type SkippedRecord, type SkipReason } from "./skipped-records.ts";
