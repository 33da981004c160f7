import { HeadwaterError } from "@headwater/core";

/** InfluxDB or the token's file does not allow what was asked; the message says what to do, and shows no token. */
export class InfluxTokenError extends HeadwaterError {
  readonly advice = "stop";
  readonly code = "influx-token";
}
