import { ResourceError, RequestError, sleep } from "@headwater/core";
import { runMain } from "../src/lifecycle/run-main.ts";
import { createLogger } from "../src/log/logger.ts";

/** A process for run-main.test.ts; its argument says how it behaves. */
const cases: Record<string, (signal: AbortSignal) => Promise<void>> = {
  async returns() {},
  stops: (signal) =>
    new Promise((resolve) => {
      const alive = setInterval(() => {}, 1000);
      signal.addEventListener("abort", () => {
        clearInterval(alive);
        process.stdout.write("stopped\n");
        resolve();
      });
      process.stdout.write("going\n");
    }),
  hangs: (signal) =>
    new Promise(() => {
      setInterval(() => {}, 1000);
      signal.addEventListener("abort", () => process.stdout.write("told\n"));
      process.stdout.write("going\n");
    }),
  "told-twice": (signal) =>
    new Promise((resolve) => {
      const alive = setInterval(() => {}, 1000);
      signal.addEventListener("abort", () => {
        // Right behind the one that it has just heard of, however slow the machine is.
        process.once("SIGINT", () => {
          clearInterval(alive);
          process.stdout.write("stopped\n");
          resolve();
        });
        process.kill(process.pid, "SIGINT");
      });
      process.stdout.write("going\n");
    }),
  async prints() {
    for (let line = 0; line < 20; line++) {
      process.stdout.write(`${line}\n`);
      await sleep(20);
    }
  },
  async logs() {
    const logger = createLogger({ component: "fixture" });
    for (let line = 0; line < 20; line++) {
      logger.info({ line }, "x".repeat(100_000));
      await sleep(20);
    }
  },
  reads: async () => void process.stdin.resume(),
  lingers: async () => void setInterval(() => {}, 1000),
  fatal: () =>
    Promise.reject(
      new ResourceError("The log refused the password; set\nHEADWATER_KAFKA_PASSWORD", {
        cause: new TypeError("Basic c2VjcmV0c2VjcmV0 was refused"),
      }),
    ),
  bug: () => Promise.reject(new TypeError("a bug", { cause: new RangeError("the cause of it") })),
  misplaced: () => Promise.reject(new RequestError(404, "not-found", "an answer that nobody gave")),
  unhandled: async () => {
    setInterval(() => {}, 1000);
    void Promise.reject(new TypeError("nobody looked"));
  },
};

await runMain(({ signal }) => cases[process.argv[2]!]!(signal));
