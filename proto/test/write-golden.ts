import { existsSync, writeFileSync } from "node:fs";
import { sampleEvents } from "./sample-events.ts";
import { ConfigError, ResourceError } from "@headwater/core";

// Golden bytes are written once per released version and never again: node proto/test/write-golden.ts 0.1.0
const version = process.argv[2];
if (version === undefined || !/^\d+\.\d+\.\d+$/.test(version)) throw new ConfigError("name the version being released");
const file = new URL(`../released/${version}/events.golden.json`, import.meta.url);
if (existsSync(file)) throw new ResourceError(`${file.pathname} exists: the bytes of a released version never change`);
const golden = Object.entries(sampleEvents).map(([name, { codec, event }]) => ({
  name,
  bytes: Buffer.from(codec.encode(event as never)).toString("hex"),
}));
writeFileSync(file, `${JSON.stringify(golden, undefined, 1)}\n`);
