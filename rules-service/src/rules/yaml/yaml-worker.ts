import { parentPort } from "node:worker_threads";
import { readYaml } from "./read-yaml.ts";

// Reads the texts that it is sent, one after the other.
parentPort?.on("message", (text: string) => parentPort?.postMessage(readYaml(text)));
