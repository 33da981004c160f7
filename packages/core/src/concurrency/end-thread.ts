import type { Worker } from "node:worker_threads";

/** How long a thread that was asked to end has for what it is doing (milliseconds). */
const deadlineMs = 30_000;

/**
 * Waits until a thread that was asked to end has ended by itself. `terminate()` cuts a thread wherever it is, also in
 * the middle of native code with a database open, and that can take the whole process along; so it is what remains when
 * the thread has not ended within the deadline.
 *
 * Answers whether the thread ended by itself. Resolves at once if it has ended already.
 *
 * @param ended Resolves at the thread's `exit`. Whoever makes the thread listens from the beginning.
 */
export async function endThread(worker: Worker, ended: Promise<unknown>, waitMs = deadlineMs): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), waitMs);
  });
  const orderly = await Promise.race([ended.then(() => true), late]);
  clearTimeout(timer);
  if (!orderly) await worker.terminate();
  return orderly;
}
