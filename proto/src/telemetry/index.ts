export { ByteWriter } from "./byte-writer.ts";
export { Interned } from "./interned.ts";
export { PlainEvent, type DeviceLookup } from "./plain-event.ts";
export { TelemetryReader } from "./telemetry-reader.ts";
export { endOfIdentities, incarnationIn, maxTime, readTelemetry } from "./read-telemetry.ts";
export { SeenDerivations, type DerivedPlace } from "./seen-derivations.ts";
export {
  deviceBytes,
  identityBytes,
  writeEvent,
  writeMark,
  type FieldBytes,
  type LaneTotals,
  type SampleToWrite,
  type TimesToWrite,
} from "./telemetry-writer.ts";
