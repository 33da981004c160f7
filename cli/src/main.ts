#!/usr/bin/env -S node --max-semi-space-size=8 --no-memory-protection-keys
import { enableCompileCache } from "node:module";

// Without the cache Node strips the types of every file at every start, which takes most of the time until ready.
enableCompileCache();
const { runCommandLine } = await import("./command-line.ts");
await runCommandLine(process.argv.slice(2));
