export { BoundedQueue } from "./bounded-queue.ts";
export type { BoundedQueueOptions } from "./bounded-queue.ts";
export { Batcher } from "./batcher.ts";
export type { BatcherOptions } from "./batcher.ts";
export { backoff, retrying } from "./backoff.ts";
export type { Backoff, BackoffOptions, RetryOptions } from "./backoff.ts";
export { aborted, sleep } from "./sleep.ts";
export { withTimeout } from "./with-timeout.ts";
