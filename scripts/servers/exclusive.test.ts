import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { exclusively } from "./exclusive.ts";

let dir: string;
beforeAll(async () => (dir = await mkdtemp(join(tmpdir(), "headwater-lock-"))));
afterAll(() => rm(dir, { recursive: true, force: true }));

const module = fileURLToPath(new URL("exclusive.ts", import.meta.url));
const holder = (lock: string) =>
  `import { exclusively } from ${JSON.stringify(module)};
   await exclusively(${JSON.stringify(lock)}, () => {}, async () => { console.log("held"); await new Promise((done) => setTimeout(done, 60_000)); });`;

describe("exclusively", () => {
  it("lets one in at a time, and says that the other waits", async () => {
    const lock = join(dir, "one.lock");
    const order: string[] = [];
    let leave = (): void => {};
    const first = exclusively(
      lock,
      () => order.push("first waits"),
      async () => {
        order.push("first in");
        await new Promise<void>((done) => (leave = done));
        order.push("first out");
      },
    );
    const second = exclusively(
      lock,
      () => {
        order.push("second waits");
        leave();
      },
      () => Promise.resolve(order.push("second in")),
    );
    await Promise.all([first, second]);
    expect(order).toEqual(["first in", "second waits", "first out", "second in"]);
  });

  it("frees the lock when the work fails", async () => {
    const lock = join(dir, "failing.lock");
    const nobodyElse = (): never => expect.fail("nobody else holds the lock");
    await expect(exclusively(lock, nobodyElse, () => Promise.reject(new Error("no")))).rejects.toThrow("no");
    await expect(exclusively(lock, nobodyElse, () => Promise.resolve("in"))).resolves.toBe("in");
  });

  it("is not held by the dead", async () => {
    const lock = join(dir, "killed.lock");
    const child = spawn(process.execPath, ["--input-type=module", "--eval", holder(lock)], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    await once(child.stdout, "data");
    const kill = (): void => void child.kill("SIGKILL");
    await expect(exclusively(lock, kill, () => Promise.resolve("in"))).resolves.toBe("in");
    expect(child.killed).toBe(true);
  });
});
