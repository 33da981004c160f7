import { Worker } from "node:worker_threads";
import { expect, it } from "vitest";
import { endThread } from "./end-thread.ts";

function start(script: string): { worker: Worker; ended: Promise<unknown> } {
  const worker = new Worker(script, { eval: true });
  return { worker, ended: new Promise((resolve) => worker.once("exit", resolve)) };
}

it("waits for a thread that ends by itself, and does not cut it", async () => {
  const { worker, ended } = start(
    `const { parentPort } = require("node:worker_threads");
     parentPort.once("message", () => setTimeout(() => parentPort.postMessage("closed"), 200));`,
  );
  const said: unknown[] = [];
  worker.on("message", (message) => said.push(message));
  worker.postMessage("close");
  expect(await endThread(worker, ended)).toBe(true);
  expect(said).toEqual(["closed"]);
  expect(await endThread(worker, ended)).toBe(true);
});

it("cuts a thread that does not end, once its time is over", async () => {
  const { worker, ended } = start("setInterval(() => {}, 1000)");
  expect(await endThread(worker, ended, 50)).toBe(false);
  await ended;
});
