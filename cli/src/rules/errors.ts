import { HeadwaterError } from "@headwater/core";

/** Files with rules, or what is asked for them, cannot be taken as they are; the message says where and why. */
export class RuleFilesError extends HeadwaterError {
  readonly advice = "stop";
  readonly code = "rule-files";
}
