/** Runs one task at a time, in the order in which they were added. A task that fails fails alone. */
export class SerialQueue {
  #last: Promise<unknown> = Promise.resolve();

  /** Resolves or rejects as the task does, once every task before it has ended. */
  run<T>(task: () => Promise<T>): Promise<T> {
    const ended = this.#last.then(task);
    // The caller of the failed task is told by its own promise; the next task runs regardless.
    this.#last = ended.catch(() => {});
    return ended;
  }
}
