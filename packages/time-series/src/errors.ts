import { HeadwaterError } from "@headwater/core";

export class StoreUnavailableError extends HeadwaterError {
  readonly advice = "wait";
  readonly code = "store-unavailable";
}

/** It stays away until a person mends what the message says: a bucket that is gone, a disk that is full. */
export class StoreNeedsMendingError extends StoreUnavailableError {}

export class StoreRejectedCredentialsError extends HeadwaterError {
  readonly advice = "stop";
  readonly code = "store-rejected-credentials";
}
