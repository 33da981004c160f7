import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { createApiClient, registerDevice } from "@headwater/client";
import { afterAll, beforeAll, expect, it } from "vitest";
import { eventually } from "@headwater/testkit/eventually";
import { ensureDebianPrograms } from "../../scripts/servers/debian-packages.ts";
import { startHeadwater, type ServiceProcess } from "@headwater/testkit/service-process";

const doc = readFileSync(new URL("../../docs/operating.md", import.meta.url), "utf8");

function block(kind: string): string {
  const found = new RegExp(`^\`\`\`${kind}\\n(.*?)^\`\`\`$`, "ms").exec(doc);
  if (found === null) throw new RangeError(`docs/operating.md has no block ${kind}`);
  return found[1]!;
}

let folder: string;
let running: ServiceProcess | undefined;
/** The usual port of each scheme, which the documentation names. */
const usualPorts = { "1883": "mqtt", "8883": "mqtts", "8083": "ws", "8084": "wss" } as const;
beforeAll(async () => {
  await ensureDebianPrograms(["openssl", "mosquitto_pub"], () => {});
  folder = await mkdtemp(join(tmpdir(), "headwater-doc-"));
});
afterAll(async () => {
  await running?.end("SIGTERM");
  await rm(folder, { recursive: true, force: true });
});

/** The same text for this run: port 0 until Headwater has started, then those that it listens on. */
const here = (text: string): string =>
  text.replaceAll(/\b(?:1883|8883|8083|8084)\b/g, (port) =>
    String(running?.port(usualPorts[port as keyof typeof usualPorts]) ?? 0),
  );
const run = (commands: string, env: Record<string, string> = {}) =>
  promisify(execFile)("bash", ["-euo", "pipefail", "-c", here(commands)], {
    cwd: folder,
    env: { ...process.env, ...env },
    timeout: 240_000,
  });

async function start(settings: Record<string, string>): Promise<string> {
  running = await startHeadwater(["start"], {
    HEADWATER_DATA_DIR: join(folder, "data"),
    HEADWATER_HTTP_PORT: "0",
    HEADWATER_CONFIG_FILE: join(folder, "headwater.yaml"),
    HEADWATER_MQTT_TLS_RELOAD_MS: "100",
    ...settings,
  });
  return running.url("http");
}

it("what docs/operating.md says of TLS can be pasted as it stands", async () => {
  await run(block("sh tls-server"));
  const { stdout } = await run(block("sh tls-client"));
  expect(stdout.trim()).toBe("subject=CN=boiler-1,O=Example");
  // Paths in the file are those of the folder in which Headwater is started.
  await writeFile(join(folder, "headwater.yaml"), here(block("yaml listeners")).replaceAll("tls/", `${folder}/tls/`));

  const url = await start({});
  for (const scheme of ["mqtt", "mqtts", "ws", "wss"]) expect(running!.output()).toMatch(`${scheme}://127.0.0.1:`);
  const api = createApiClient(url, readFileSync(join(folder, "data", "admin-token"), "utf8").trim());
  const { token } = await registerDevice(api, { id: "boiler-1", type: "boiler" });
  await run(block("sh tls-publish"), { TOKEN: token });
  await eventually(async () =>
    expect(await api.request("GET", "/api/v1/devices/boiler-1/latest")).toMatchObject({
      values: { temperature: { value: 71.5 } },
    }),
  );
  await running!.end("SIGTERM");

  await start({
    HEADWATER_MQTT_TLS_CLIENT_CERTIFICATES: "require",
    HEADWATER_MQTT_TLS_CA_FILE: join(folder, "tls/ca.pem"),
  });
  const publish = block("sh tls-publish");
  const withCertificate = publish.replace(
    "mosquitto_pub ",
    "mosquitto_pub --cert tls/boiler-1.pem --key tls/boiler-1.key ",
  );
  await expect(run(publish, { TOKEN: token })).rejects.toThrow(/Command failed/);
  await run(withCertificate, { TOKEN: token });
  await running!.end("SIGTERM");

  await run(block("sh tls-revoke"));
  await start({
    HEADWATER_MQTT_TLS_CLIENT_CERTIFICATES: "require",
    HEADWATER_MQTT_TLS_CA_FILE: join(folder, "tls/ca.pem"),
    HEADWATER_MQTT_TLS_CRL_FILE: join(folder, "tls/revoked.pem"),
  });
  await expect(run(withCertificate, { TOKEN: token })).rejects.toThrow(/Command failed/);
  await run(block("sh tls-client"));
  await run(withCertificate, { TOKEN: token });
});
