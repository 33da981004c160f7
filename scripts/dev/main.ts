import { spawn } from "node:child_process";
import { join } from "node:path";
import { createServer } from "vite";

/**
 * `npm run dev`: the platform, stopped and started anew whenever a source of it changes, and beside it the web page,
 * which a browser has as soon as its sources change.
 */
const root = join(import.meta.dirname, "../..");
const watched = ["packages", "proto/src", "edge-gateway/src", "ingest-service/src", "rules-service/src", "cli/src"];

const platform = spawn(
  process.execPath,
  [
    "--max-semi-space-size=8",
    "--no-memory-protection-keys",
    "--watch",
    "--watch-preserve-output",
    ...watched.map((path) => `--watch-path=${join(root, path)}`),
    join(import.meta.dirname, "platform.ts"),
  ],
  { stdio: "inherit", env: { ...process.env, MALLOC_ARENA_MAX: "2" } },
);
const page = await createServer({ root: join(root, "dashboard"), logLevel: "warn" });
await page.listen();
console.log(
  `The web page, as its sources are: ${page.resolvedUrls?.local[0] ?? ""} (sign in there with the admin token)`,
);

for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => void platform.kill(signal));
platform.once("exit", (code) => {
  void page.close().finally(() => {
    process.exitCode = code ?? 0;
  });
});
