import { HeadwaterError } from "@headwater/core";

/** Files, or what is in them, cannot be taken as they are; the message says where and why. */
export class FilesError extends HeadwaterError {
  readonly advice = "stop";
  readonly code = "files";
}
