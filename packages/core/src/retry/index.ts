export { backoff, retrying } from "./backoff.ts";
export type { Backoff, BackoffOptions, RetryOptions } from "./backoff.ts";
