import { HeadwaterError } from "@headwater/core";

/** A file of devices, or of the answers to it, that cannot be used; the message says why. */
export class DeviceFileError extends HeadwaterError {
  readonly advice = "stop";
  readonly code = "device-file";
}
