import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createInterface, type Interface } from "node:readline";
import { fileURLToPath } from "node:url";
import { pythonWith } from "../../scripts/servers/python-packages.ts";

export interface ForeignRecords {
  readonly topic: string;
  /** A number stands for a value of so many zeros. */
  readonly values: readonly (string | number)[];
  readonly codec?: "none" | "gzip" | "snappy" | "lz4" | "zstd";
  /** Each record in a batch of its own. */
  readonly alone?: boolean;
  /** The id of a transactional producer, and how its transaction ends. */
  readonly transaction?: string;
  readonly end?: "commit" | "abort";
}

/** librdkafka, by confluent-kafka for Python: writes what no client of ours writes. */
export class ForeignWriter {
  readonly #process: ChildProcess;
  readonly #answers: Interface;

  private constructor(python: string, brokers: string) {
    const script = fileURLToPath(new URL("foreign_writer.py", import.meta.url));
    this.#process = spawn(python, [script, brokers], { stdio: ["pipe", "pipe", "inherit"] });
    this.#answers = createInterface({ input: this.#process.stdout! });
  }

  static async start(brokers: string): Promise<ForeignWriter> {
    return new ForeignWriter(await pythonWith("confluent-kafka", () => {}), brokers);
  }

  /** To partition 0. */
  async write(records: ForeignRecords): Promise<void> {
    const answer = once(this.#answers, "line");
    this.#process.stdin!.write(`${JSON.stringify(records)}\n`);
    const [line] = (await answer) as [string];
    if (line !== "done") throw new TypeError(`the foreign client ${line}`);
  }

  async stop(): Promise<void> {
    const ended = once(this.#process, "exit");
    this.#process.stdin!.end();
    await ended;
  }
}
