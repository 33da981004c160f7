import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { cleanEnvironment, startHeadwater, type ServiceProcess } from "@headwater/testkit/service-process";

const root = fileURLToPath(new URL("../../", import.meta.url));
const blocks = [...readFileSync(join(root, "README.md"), "utf8").matchAll(/^```sh tour\n(.*?)^```$/gms)].map(
  (match) => match[1]!,
);

/** The tour exactly as it stands in the README, on ports and in a folder of its own. */
describe("the README's tour", () => {
  let folder: string;
  let running: ServiceProcess;
  let relocate: (script: string) => string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "headwater-tour-"));
    running = await startHeadwater(["start"], {
      HEADWATER_DATA_DIR: folder,
      HEADWATER_MQTT_PORT: "0",
      HEADWATER_HTTP_PORT: "0",
    });
    const http = running.url("http");
    const connection = `--url ${http} --token-file ${join(folder, "admin-token")}`;
    relocate = (script) =>
      script
        .replaceAll("127.0.0.1:8080", new URL(http).host)
        .replaceAll("data/admin-token", join(folder, "admin-token"))
        .replaceAll(/^npm run sim$/gm, `npm run sim -- ${connection} --mqtt ${running.url("mqtt")}`)
        .replaceAll("npm run ledger --", `npm run ledger -- ${connection}`);
  });
  afterAll(async () => {
    await running?.end("SIGTERM");
    rmSync(folder, { recursive: true, force: true });
  });

  it("gets from a fresh start to a fired alert, a received command and a balanced ledger", async () => {
    expect(blocks.length).toBeGreaterThanOrEqual(7);
    const failOnHttpErrors = 'set -euo pipefail\ncurl() { command curl --fail-with-body "$@"; echo; }\n';
    const script = failOnHttpErrors + blocks.map(relocate).join("\n");
    const { stdout } = await promisify(execFile)("bash", ["-c", script], {
      cwd: root,
      env: cleanEnvironment({}),
      maxBuffer: 50_000_000,
    });
    expect(stdout).toMatch(/^lost +0$/m);
    expect(stdout).toMatch(/^stored +600 of 600 expected$/m);
    expect(stdout).toMatch(/^alerts +[1-9]/m);
    expect(stdout).toMatch(/^commands +[1-9]/m);
    expect(stdout).toContain('"status":"succeeded"');
    expect(stdout).toContain('"severity":"critical"');
    expect(stdout).toMatch(/^balanced$/m);
  });
});
