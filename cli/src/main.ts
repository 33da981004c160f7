#!/usr/bin/env -S node --max-semi-space-size=8
import { enableCompileCache } from "node:module";

// Types are stripped at every start otherwise, which is most of the time until the platform is ready.
enableCompileCache();
const { runCommandLine } = await import("./command-line.ts");
await runCommandLine(process.argv.slice(2));
