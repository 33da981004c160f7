#!/usr/bin/env -S MALLOC_ARENA_MAX=2 node --max-semi-space-size=8 --no-memory-protection-keys
import { enableCompileCache } from "node:module";
import { compileCacheFolder } from "./compile-cache.js";

// Without the cache Node strips the types of every file at every start, which takes most of the time until ready. The
// variable hands it to the threads as well: each would load a compiler of its own, in WebAssembly, to do that. What is
// imported before there is a cache is JavaScript: for one file with types Node loads that compiler, and keeps it (13
// MiB) for as long as the process lives.
const compileCache = process.env["NODE_COMPILE_CACHE"] ?? compileCacheFolder(process.env);
if (compileCache !== undefined) {
  process.env["NODE_COMPILE_CACHE"] = compileCache;
  enableCompileCache(compileCache);
}
const { runCommandLine } = await import("./command-line.ts");
await runCommandLine(process.argv.slice(2));
