import { randomInt } from "node:crypto";
import { createServer } from "node:net";
import { StartError } from "./errors.ts";

// Below the range from which operating systems take the ports of outgoing connections: else the port
// of a server that a test killed can be taken by a client that tries to reach it (on loopback
// a client can even connect to itself), and the server cannot come back.
const FIRST = 20_000;
const END = 30_000;

export async function freePort(taken: ReadonlySet<number> = new Set()): Promise<number> {
  for (let attempt = 0; attempt < 200; attempt++) {
    const port = randomInt(FIRST, END);
    if (!taken.has(port) && (await isFree(port))) return port;
  }
  throw new StartError(`no free port found between ${FIRST} and ${END} on 127.0.0.1`);
}

export async function freePorts(count: number, taken: readonly number[] = []): Promise<number[]> {
  const ports: number[] = [];
  while (ports.length < count) ports.push(await freePort(new Set([...taken, ...ports])));
  return ports;
}

export function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once("error", () => resolve(false));
    probe.listen({ port, host: "127.0.0.1", exclusive: true }, () => probe.close(() => resolve(true)));
  });
}
