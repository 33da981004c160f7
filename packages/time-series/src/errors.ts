import { HeadwaterError } from "@headwater/core";

export class StoreUnavailableError extends HeadwaterError {
  readonly advice = "wait";
  readonly code = "store-unavailable";
}

export class StoreRejectedCredentialsError extends HeadwaterError {
  readonly advice = "stop";
  readonly code = "store-rejected-credentials";
}
