#!/usr/bin/env -S node --max-semi-space-size=8 --no-memory-protection-keys
import { enableCompileCache } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";

// Without the cache Node strips the types of every file at every start, which takes most of the time until ready. The
// variable hands it to the threads as well: each would load a compiler of its own, in WebAssembly, to do that.
process.env["NODE_COMPILE_CACHE"] ??= join(tmpdir(), "node-compile-cache");
enableCompileCache(process.env["NODE_COMPILE_CACHE"]);
const { runCommandLine } = await import("./command-line.ts");
await runCommandLine(process.argv.slice(2));
