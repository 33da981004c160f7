import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { registerDevice } from "@headwater/client";
import { eventually } from "@headwater/testkit/eventually";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { pythonWith } from "../../scripts/servers/python-packages.ts";
import { clientSuite } from "./client-suite.ts";
import type { DeviceLogin, Way } from "./real-client.ts";
import { openScene, sceneOfFile, type Scene } from "./scene.ts";
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

const plain = sceneOfFile("none");
clientSuite(plain, {
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

interface Told {
  readonly login: string | null;
  readonly message: string | null;
  readonly subscription: string | null;
  readonly end: string | null;
  readonly endCode: number;
}

type Work = {
  readonly [What in "work" | "refusals" | "comesBack"]: Awaited<ReturnType<Version5Client[What]>>;
} & { readonly told: Told; readonly will: { readonly present: boolean } };

async function runVersion5<What extends keyof Work>(
  what: What,
  { transport, port, caFile }: Way,
  login: DeviceLogin,
  more: object,
): Promise<Work[What]> {
  const order = JSON.stringify({ ...login, transport, port, caFile, what, ...more });
  const { stdout } = await promisify(execFile)(python, [version5Script, order], { timeout: withinMs });
  return JSON.parse(stdout) as Work[What];
}

version5Suite(plain, {
  name: "Paho for Python",
  transports: ["tcp", "tls", "ws", "wss"],
  work: (way, login, n) => runVersion5("work", way, login, { n }),
  refusals: (way, login) => runVersion5("refusals", way, login, { elsewhere }),
  comesBack: (way, login) => runVersion5("comesBack", way, login, { notes: notesOf(login.id), awayMs }),
});

describe("Paho for Python, what MQTT 5 says in words and after its end", () => {
  const transports = ["tcp", "tls", "ws", "wss"] as const;
  let scene: Scene;
  beforeAll(async () => {
    scene = await openScene("none");
  });
  afterAll(() => scene?.close());
  const register = (id: string) => registerDevice(scene.platform.ingest, { id, type: "probe" });

  it.each(transports)("over %s: each refusal says what to do, and who takes over is told of", async (transport) => {
    const found = await runVersion5("told", scene.way(transport), await register(`told-${transport}`), { elsewhere });
    expect(found).toEqual({
      login: expect.stringMatching(/password/),
      message: expect.stringMatching(/own/),
      subscription: expect.stringMatching(/own/),
      end: expect.stringMatching(/client identifier/),
      endCode: 0x8e,
    });
  });

  it.each(transports)("over %s: a last will waits for its delay, and for nobody who comes back", async (transport) => {
    const login = await register(`will-${transport}`);
    const more = { n: 7, awayMs: 6000 };
    expect(await runVersion5("will", scene.way(transport), login, more)).toEqual({ present: true });
    await eventually(async () => {
      const path = `/api/v1/devices/${login.id}/latest`;
      const { values } = await scene.platform.ingest.request<{ values: object }>("GET", path);
      expect(values).toMatchObject({ gone: { value: 7 } });
      expect(Object.keys(values)).not.toContain("back");
    }, withinMs);
  });
});
