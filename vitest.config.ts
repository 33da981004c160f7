import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";
import { compileCacheFolder } from "./cli/src/compile-cache.js";

/**
 * V8 loses count of its code pages where threads come and go that make code of WebAssembly, and ends the process
 * ("Check failed: jit_page.has_value()", nodejs/node#64500). Memory protection keys are one cause; a run has ended so
 * without them too. The compiler that strips types is WebAssembly: with the cache most threads do not load it, and
 * start in two thirds of the time.
 */
const compileCache = process.env["NODE_COMPILE_CACHE"] ?? compileCacheFolder(process.env);
if (compileCache !== undefined) process.env["NODE_COMPILE_CACHE"] = compileCache;
const execArgv = ["--no-memory-protection-keys"];
/** `expect.poll` would give up after a second: a busy machine takes longer to draw a page. */
const expect = { poll: { timeout: 60_000 } };
const node = {
  environment: "node" as const,
  pool: "forks" as const,
  execArgv,
  expect,
  setupFiles: ["./tests/setup/property-seed.ts"],
};

/**
 * unit: beside the code, no sockets beyond loopback, milliseconds. contract: one suite per port on the embedded
 * adapters. e2e: real processes over real sockets on the embedded log and store. servers: whatever needs the real Kafka
 * and InfluxDB (`npm run servers -- start`); it fails, never skips, without them. api: whether the API answers as its
 * description says (schemathesis, from PyPI); ten minutes on two cores. mutation: whether the tests of the
 * rule engine notice that it was made wrong; takes many minutes and is run when the engine or its tests change.
 * browser: the web page, built (`npm run build`), in a real Chromium on a real all-in-one; pictures of it are kept in
 * tests/browser/screenshots.
 *
 * Timeouts are limits against hanging, generous enough for a machine that does other work; none measures speed.
 */
export default defineConfig({
  test: {
    // Node imports the tests and the sources itself, as it does in production: a fifth less of processor time than
    // through Vite, and a syntax that Node cannot strip shows.
    experimental: { viteModuleRunner: false },
    globalSetup: ["./tests/setup/temporary-folder.ts"],
    // Most tests wait for disks, timers and processes of their own: more of them than cores keep the cores at work.
    maxWorkers: availableParallelism() + 4,
    projects: [
      {
        test: {
          ...node,
          name: "unit",
          // The files of a worker share its process and what it has imported: a process a file took a third of the
          // suite's processor time. `leaves-nothing` fails a file that does not give back what it changed.
          isolate: false,
          setupFiles: [...node.setupFiles, "./tests/setup/leaves-nothing.ts"],
          include: [
            "{packages/*,proto,edge-gateway,ingest-service,rules-service,device-sim,cli,dashboard}/{src,test}/**/*.test.ts",
            "scripts/**/*.test.ts",
            "tests/{compose,docs,ledger}/**/*.test.ts",
          ],
          exclude: ["**/*.{contract,servers,mutation}.test.ts", "**/node_modules/**"],
          testTimeout: 600_000,
          hookTimeout: 300_000,
        },
      },
      {
        test: {
          ...node,
          name: "contract",
          include: ["packages/*/test/**/*.contract.test.ts"],
          testTimeout: 600_000,
          hookTimeout: 300_000,
        },
      },
      {
        test: {
          ...node,
          name: "e2e",
          include: ["tests/{e2e,conformance,clients,foreign}/**/*.test.ts"],
          exclude: ["**/*.{servers,api}.test.ts", "**/node_modules/**"],
          testTimeout: 900_000,
          hookTimeout: 300_000,
        },
      },
      {
        test: {
          ...node,
          name: "api",
          include: ["tests/clients/**/*.api.test.ts"],
          testTimeout: 600_000,
          hookTimeout: 300_000,
        },
      },
      {
        test: {
          ...node,
          name: "mutation",
          include: ["**/*.mutation.test.ts"],
          exclude: ["**/node_modules/**"],
          testTimeout: 300_000,
        },
      },
      {
        test: {
          ...node,
          name: "servers",
          include: ["**/*.servers.test.ts"],
          exclude: ["**/node_modules/**"],
          testTimeout: 600_000,
          hookTimeout: 300_000,
          // Most of them wait for groups, elections and outages; each file has topics and buckets of its own.
          maxWorkers: 2,
        },
      },
      {
        test: {
          ...node,
          name: "browser",
          include: ["tests/browser/**/*.browser.test.ts"],
          testTimeout: 300_000,
          hookTimeout: 300_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
