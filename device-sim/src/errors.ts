import { HeadwaterError } from "@headwater/core";

/** An option, a series file or an answer of the platform that the caller has to mend; the message names it. */
export class SimulationError extends HeadwaterError {
  readonly advice = "stop";
  readonly code = "simulation";
}
