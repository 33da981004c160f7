import { HeadwaterError } from "@headwater/core";

/** A backtest cannot go on; it ends as failed, with this message. */
export class BacktestFailedError extends HeadwaterError {
  readonly advice = "reject";
  readonly code = "backtest-failed";
}
