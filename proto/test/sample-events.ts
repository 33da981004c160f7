import { deviceSamples } from "./samples/device-samples.ts";
import { ruleSamples } from "./samples/rule-samples.ts";
import type { SampleEvents } from "./samples/sample.ts";
import { telemetrySamples } from "./samples/telemetry-samples.ts";
import { upkeepSamples } from "./samples/upkeep-samples.ts";

/** One event of every kind with every field set: what the golden bytes are made of. */
export const sampleEvents: SampleEvents = { ...telemetrySamples, ...deviceSamples, ...ruleSamples, ...upkeepSamples };
