import { writeSync } from "node:fs";

/** Bytes of lines that are kept while standard output does not take them, as with a full disk. */
const maxKeptBytes = 1_000_000;

/** How long one line waits for a slow reader of a pipe that does not block by itself, and how often it looks. */
const patience = { ms: 50, everyMs: 5 } as const;

/**
 * Standard output for log lines, each written before `write` returns. What becomes of it ends no process: a reader that
 * has gone away (`npm start | head`) costs the lines from there on, a full disk those for which memory has no room
 * until it takes lines again. Standard error says so, once.
 */
export class StandardOutput {
  readonly #fd: number;
  #kept: Buffer = Buffer.alloc(0);
  #isClosed = false;
  #isTold = false;
  /** Of what is kept: the end of the process is the last time to write it. */
  readonly #atExit = (): void => this.#flush();
  #waitsForExit = false;

  constructor(fd = 1) {
    this.#fd = fd;
  }

  write(line: string): void {
    if (this.#isClosed) return;
    const bytes = Buffer.from(line);
    if (this.#kept.length === 0) this.#kept = bytes;
    else if (this.#kept.length + bytes.length <= maxKeptBytes) this.#kept = Buffer.concat([this.#kept, bytes]);
    this.#flush();
    this.#watchExit(this.#kept.length > 0);
  }

  /** Only while lines wait: a process may make very many loggers, one after the other. */
  #watchExit(isNeeded: boolean): void {
    if (isNeeded === this.#waitsForExit) return;
    this.#waitsForExit = isNeeded;
    if (isNeeded) process.once("exit", this.#atExit);
    else process.removeListener("exit", this.#atExit);
  }

  #flush(): void {
    const deadline = performance.now() + patience.ms;
    while (this.#kept.length > 0) {
      try {
        this.#kept = this.#kept.subarray(writeSync(this.#fd, this.#kept));
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        if (code === "EAGAIN" && performance.now() < deadline) {
          Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, patience.everyMs);
          continue;
        }
        if (code !== "EAGAIN") this.#failed(error as NodeJS.ErrnoException);
        return;
      }
    }
  }

  #failed({ code, message }: NodeJS.ErrnoException): void {
    if (code === "EPIPE" || code === "EBADF") {
      this.#isClosed = true;
      this.#kept = Buffer.alloc(0);
    }
    if (this.#isTold) return;
    this.#isTold = true;
    process.stderr.write(`Log lines cannot be written to standard output (${code ?? message}); the process goes on\n`);
  }
}
