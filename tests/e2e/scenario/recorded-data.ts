import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { ConfigError } from "@headwater/core";

const folder = fileURLToPath(new URL("../../../../shared/data/nab/", import.meta.url));

/**
 * Recorded series lie beside the checkout, not in it: a clone without them skips what needs them; CI may not, unless it
 * says so.
 */
export const recordedDataPresent = existsSync(folder);
if (!recordedDataPresent && process.env["CI"] === "true" && process.env["WITHOUT_RECORDED_DATA"] !== "true") {
  throw new ConfigError(`${folder} is absent: CI runs these tests on the recorded series`);
}

export const machineTemperature = `${folder}machine_temperature_system_failure.csv`;
