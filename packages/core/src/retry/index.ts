export { backoff, retrying } from "./backoff.ts";
export type { Backoff, BackoffOptions, RetryOptions } from "./backoff.ts";
export { aborted, sleep } from "./sleep.ts";
export { withTimeout } from "./with-timeout.ts";
