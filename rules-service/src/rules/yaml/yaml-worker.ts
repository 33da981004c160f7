import { parentPort } from "node:worker_threads";
import { readAllYaml, readYaml } from "./read-yaml.ts";

// Reads the texts that it is sent, one after the other.
parentPort?.on("message", ({ text, all }: { text: string; all: boolean }) =>
  parentPort?.postMessage(all ? readAllYaml(text) : readYaml(text)),
);
