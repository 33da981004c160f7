import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

/** A part of the fleet as a process of its own: it is told what to do and answers once. */
export class FleetTask<Order, Answer> {
  readonly #child: ChildProcess;

  /** `file` is beside this one and calls `answerOrders`. */
  constructor(file: string) {
    this.#child = fork(join(import.meta.dirname, file));
  }

  get pid(): number {
    return this.#child.pid!;
  }

  /** Rejects if the process ends instead of answering. */
  async ask(order: Order): Promise<Answer> {
    const ended = new AbortController();
    const fail = (): void => ended.abort(new RangeError("a part of the fleet has ended"));
    this.#child.once("exit", fail);
    try {
      this.#child.send(order as object);
      const [answer] = (await once(this.#child, "message", { signal: ended.signal })) as [Answer];
      return answer;
    } finally {
      this.#child.off("exit", fail);
    }
  }

  async end(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const gone = once(this.#child, "exit");
    this.#child.disconnect();
    await gone;
  }
}

/** In the process: carries out each order, and ends with the bench. */
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- what it carries out decides
export function answerOrders<Order>(carryOut: (order: Order) => Promise<object>): void {
  process.once("disconnect", () => process.exit(0));
  process.on("message", (order) => {
    void carryOut(order as Order).then((answer) => process.send!(answer));
  });
}
