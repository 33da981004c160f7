import { HeadwaterError } from "@headwater/core";

/** Something about the command line, the series file or the platform's answer that the caller has to mend. */
export class SimulationError extends HeadwaterError {
  readonly advice = "stop";
  readonly code = "simulation";
}
