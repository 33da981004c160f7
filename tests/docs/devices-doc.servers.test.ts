import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, it } from "vitest";
import { eventually } from "@headwater/testkit/eventually";
import { ensureDebianPrograms } from "../../scripts/servers/debian-packages.ts";
import { startHeadwater, type ServiceProcess } from "@headwater/testkit/service-process";

const docs = new URL("../../docs/", import.meta.url);
const doc = readFileSync(new URL("devices.md", docs), "utf8");
const operating = readFileSync(new URL("operating.md", docs), "utf8");

function blocks(text: string, kind: string): string[] {
  return [...text.matchAll(new RegExp(`^\`\`\`${kind}\\n(.*?)^\`\`\`$`, "gms"))].map((match) => match[1]!);
}

let folder: string;
let running: ServiceProcess | undefined;
/** The usual port of each scheme, which the documentation names. */
const usualPorts = { "1883": "mqtt", "8883": "mqtts", "8080": "http" } as const;
beforeAll(async () => {
  await ensureDebianPrograms(["openssl", "mosquitto_pub", "mosquitto_sub"], () => {});
  folder = await mkdtemp(join(tmpdir(), "headwater-devices-"));
});
afterAll(async () => {
  await running?.end("SIGTERM");
  await rm(folder, { recursive: true, force: true });
});

/** The same text for this run: port 0 until Headwater has started, then those that it listens on. */
const here = (text: string): string =>
  text.replaceAll(/\b(?:1883|8883|8080)\b/g, (port) =>
    String(running?.port(usualPorts[port as keyof typeof usualPorts]) ?? 0),
  );
const run = (commands: string) =>
  promisify(execFile)("bash", ["-euo", "pipefail", "-c", here(commands)], { cwd: folder, timeout: 240_000 });

it("docs/devices.md can be pasted as it stands, from the first registration to what a panel hears", async () => {
  const [before] = blocks(doc, "sh devices-before");
  const [settings] = blocks(doc, "yaml devices");
  const steps = blocks(doc, "sh devices");
  expect(steps.length).toBeGreaterThanOrEqual(8);
  await run(blocks(operating, "sh tls-server")[0]! + before!);
  const absolute = here(settings!).replaceAll(/: (tls|issuer)\//g, (_all, of: string) => `: ${folder}/${of}/`);
  await writeFile(join(folder, "headwater.yaml"), absolute);
  running = await startHeadwater(["start"], {
    HEADWATER_DATA_DIR: join(folder, "data"),
    HEADWATER_HTTP_PORT: "0",
    HEADWATER_MQTT_PORT: "0",
    HEADWATER_CONFIG_FILE: join(folder, "headwater.yaml"),
  });
  const { stdout } = await run(steps.join("\n"));
  expect(stdout).toContain('"status":"registered"');
  expect(stdout).toContain('"subject":"CN=pump-1,O=Example"');
  expect(stdout.trimEnd().split("\n").at(-1)).toMatch(/off$/);
  expect(running.output()).not.toContain("wind over the dyke");
  // Every one of the ways in has left its reading.
  const latest = "api GET devices/pump-1/latest";
  await eventually(async () =>
    expect((await run(`${steps[0]!}\n${latest}`)).stdout).toContain('"pressure":{"value":2.8'),
  );
});
