export { backoff, retrying } from "./backoff.ts";
export { LastingTrouble } from "./lasting-trouble.ts";
export type { Backoff, BackoffOptions, RetryOptions } from "./backoff.ts";
