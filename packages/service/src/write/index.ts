export { appendRecord, type AppendContext } from "./append-record.ts";
export { FoldOutcomes, type FoldOutcome } from "./fold-outcomes.ts";
export {
  performWrite,
  type Unchanged,
  type Write,
  type WriteContext,
  type WriteStamp,
  type Written,
} from "./perform-write.ts";
