import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { beforeAll } from "vitest";
import { pythonWith } from "../../scripts/servers/python-packages.ts";
import { clientSuite } from "./client-suite.ts";
import type { DeviceLogin, Way } from "./real-client.ts";
import { awayMs, elsewhere, notesOf, version5Suite, type Version5Client } from "./version5-suite.ts";

const script = fileURLToPath(new URL("paho_device.py", import.meta.url));
const withinMs = 240_000;
let python: string;
beforeAll(async () => {
  python = await pythonWith("paho-mqtt", () => {});
});

interface Seen {
  readonly letIn: boolean;
  readonly granted?: readonly number[];
  readonly command?: string;
}

async function run(
  { transport, port, caFile, certificate }: Way,
  login: DeviceLogin,
  more: object = {},
): Promise<Seen> {
  const { certFile, keyFile } = certificate ?? {};
  const order = JSON.stringify({ ...login, transport, port, caFile, certFile, keyFile, ...more });
  const { stdout } = await promisify(execFile)(python, [script, order], { timeout: withinMs });
  return JSON.parse(stdout) as Seen;
}

clientSuite({
  name: "Paho for Python",
  transports: ["tcp", "tls", "ws", "wss"],
  async work(way, login, n) {
    const { granted, command } = await run(way, login, { n });
    if (granted?.[0] !== 1) throw new RangeError(`granted QoS ${granted?.join()}`);
    return command!;
  },
  async isLetIn(way, login) {
    return (await run(way, login)).letIn;
  },
});

const version5Script = fileURLToPath(new URL("paho_version5.py", import.meta.url));

async function runVersion5<What extends "work" | "refusals" | "comesBack">(
  what: What,
  { transport, port, caFile }: Way,
  login: DeviceLogin,
  more: object,
): Promise<Awaited<ReturnType<Version5Client[What]>>> {
  const order = JSON.stringify({ ...login, transport, port, caFile, what, ...more });
  const { stdout } = await promisify(execFile)(python, [version5Script, order], { timeout: withinMs });
  return JSON.parse(stdout) as Awaited<ReturnType<Version5Client[What]>>;
}

version5Suite({
  name: "Paho for Python",
  transports: ["tcp", "tls", "ws", "wss"],
  work: (way, login, n) => runVersion5("work", way, login, { n }),
  refusals: (way, login) => runVersion5("refusals", way, login, { elsewhere }),
  comesBack: (way, login) => runVersion5("comesBack", way, login, { notes: notesOf(login.id), awayMs }),
});
