export { SimulatedDevice, type DeviceOptions, type ExecutedCommand } from "./fleet/device.ts";
export { replay, type ReplayOptions } from "./fleet/replay.ts";
export { readCsvSeries } from "./series/csv.ts";
export { boilerSeries } from "./series/shapes.ts";
export { lastByTime, shiftToEnd, type Sample } from "./series/series.ts";
export { simulate, type SimulationOptions, type Verdict } from "./simulation.ts";
export { verifyStored, type StoredVerdict } from "./verdict/verify-stored.ts";
export { SimulationError } from "./errors.ts";
