/** How much of the full number of runs a property test makes; `.ci/run` sets 1, by hand it can be any number. */
const share = Number(process.env["PROPERTY_RUNS"] ?? 0.2);
const fewestRuns = 10;

/** The runs of a property test for which CI makes `full` runs. */
export function propertyRuns(full: number): number {
  return Math.max(Math.min(full, fewestRuns), Math.ceil(full * share));
}
