export { endThread } from "./end-thread.ts";
export { inSlices, Pace } from "./pace.ts";
export { Semaphore } from "./semaphore.ts";
export { SerialQueue } from "./serial-queue.ts";
export { sharedTurn } from "./shared-turn.ts";
export { aborted, sleep } from "./sleep.ts";
export { TurnSlices, turnSlices } from "./turn-slices.ts";
export { withTimeout } from "./with-timeout.ts";
