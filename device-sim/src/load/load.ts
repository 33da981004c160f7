import { Worker } from "node:worker_threads";
import { ResourceError, sleep } from "@headwater/core";
import type { Fleet } from "../fleet/fleet.ts";
import { SimulationError } from "../errors.ts";
import type { Target } from "../mqtt/open-connection.ts";
import type { FromWorker, LoadDevice, LoadDone, LoadProgress, LoadWork, Refusal, ToWorker } from "./worker-protocol.ts";

export interface LoadOptions {
  readonly fleet: Fleet;
  readonly target: Target;
  readonly devices: readonly LoadDevice[];
  readonly threads: number;
  readonly onProgress: (progress: LoadProgress) => void;
  readonly onProbe: (device: string, seq: number, due: number) => void;
  /** Devices that are looked up in the store meanwhile, at most. */
  readonly probes: number;
  /** Whether what messages say is held against what is stored. */
  readonly keepsReadings?: boolean;
  /** How long a fleet may take to connect beyond what its rate of connects needs (ms). */
  readonly connectMs: number;
}

/** A fleet over several threads. */
export class Load {
  readonly #options: LoadOptions;
  readonly #workers: readonly Worker[];
  readonly #progress: (LoadProgress | undefined)[];
  readonly #connected: number[];
  readonly #refused: (readonly Refusal[])[];
  readonly #done: Promise<LoadDone>[];
  #failure: Error | undefined;

  constructor(options: LoadOptions) {
    this.#options = options;
    const { fleet, threads, devices, target, probes } = options;
    const parts = Array.from({ length: threads }, (_, i) => devices.filter((_each, at) => at % threads === i));
    this.#workers = parts.map((part) => {
      const work: LoadWork = {
        spec: fleet.spec,
        folder: fleet.folder,
        seed: fleet.seed,
        target,
        devices: part,
        connects: fleet.load.connects / threads,
        probes: Math.ceil(probes / threads),
        keepsReadings: options.keepsReadings === true,
      };
      return new Worker(new URL("./worker.ts", import.meta.url), { workerData: work });
    });
    this.#progress = parts.map(() => undefined);
    this.#connected = parts.map(() => 0);
    this.#refused = parts.map(() => []);
    this.#done = this.#workers.map((worker, i) => this.#listen(worker, i));
    for (const each of this.#done) each.catch(() => undefined);
  }

  /** Resolves when every device is connected or refused. @throws SimulationError if none can connect. */
  async connected(signal?: AbortSignal): Promise<void> {
    const { devices, fleet, connectMs } = this.#options;
    const deadline = performance.now() + connectMs + (devices.length * 1_000) / fleet.load.connects;
    for (;;) {
      if (this.#failure !== undefined) throw this.#failure;
      const connected = this.#connected.reduce((sum, count) => sum + count, 0);
      const refused = this.#refused.flat();
      if (connected + refused.length >= devices.length && connected > 0) return;
      if (signal?.aborted === true) return;
      if (performance.now() > deadline) {
        if (connected > 0) return;
        const why = refused[0]?.reason ?? "nobody answered";
        throw new SimulationError(
          `no device can connect to ${this.#options.target.url} (${why}); is that the broker's address (--mqtt)?`,
        );
      }
      await sleep(100);
    }
  }

  begin(at: number, duration: number): void {
    this.#tell({ type: "begin", at, duration });
  }

  /** Nothing more falls due; what was sent is waited for. */
  stop(): void {
    this.#tell({ type: "stop" });
  }

  /** Nothing is waited for any more. */
  finish(): void {
    this.#tell({ type: "finish" });
  }

  /** What each thread has done, once its messages are acknowledged or it is told to finish. */
  done(): Promise<readonly LoadDone[]> {
    return Promise.all(this.#done);
  }

  async close(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
  }

  #tell(message: ToWorker): void {
    for (const worker of this.#workers) worker.postMessage(message);
  }

  #listen(worker: Worker, i: number): Promise<LoadDone> {
    return new Promise((resolve, reject) => {
      const fail = (error: Error): void => {
        this.#failure ??= error;
        reject(error);
      };
      worker.on("error", (cause) =>
        fail(new ResourceError(`a thread of the load failed: ${(cause as Error).message}`, { cause })),
      );
      worker.on("exit", () => fail(new ResourceError("a thread of the load ended before its work")));
      worker.on("message", (message: FromWorker) => {
        switch (message.type) {
          case "connected":
            this.#connected[i] = message.connected;
            this.#refused[i] = message.refused;
            break;
          case "progress":
            this.#progress[i] = message.progress;
            if (i === this.#workers.length - 1) this.#options.onProgress(this.#together());
            break;
          case "probe":
            this.#options.onProbe(message.device, message.seq, message.due);
            break;
          case "done":
            resolve(message.done);
            break;
        }
      });
    });
  }

  #together(): LoadProgress {
    const all = this.#progress.filter((each) => each !== undefined);
    const counts = { ...all[0]!.counts };
    for (const { counts: more } of all.slice(1)) {
      for (const key of Object.keys(counts) as (keyof typeof counts)[]) counts[key] += more[key];
    }
    return {
      counts,
      connected: all.reduce((sum, each) => sum + each.connected, 0),
      pending: all.reduce((sum, each) => sum + each.pending, 0),
      ackP50: Math.max(...all.map((each) => each.ackP50)),
      ackP99: Math.max(...all.map((each) => each.ackP99)),
    };
  }
}
