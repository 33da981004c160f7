import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createApiClient } from "@headwater/client";
import { freePort } from "./free-port.ts";
import type { OpenPlatform } from "./platform.ts";
import { startService } from "./service-process.ts";

/** The all-in-one as `npm start` runs it, in a folder and on ports of its own. */
export const openEmbedded: OpenPlatform = async ({ settings = {} } = {}) => {
  const dataDir = mkdtempSync(join(tmpdir(), "headwater-e2e-"));
  const [mqttPort, httpPort] = [await freePort(), await freePort()];
  const environment = {
    HEADWATER_DATA_DIR: dataDir,
    HEADWATER_MQTT_PORT: String(mqttPort),
    HEADWATER_HTTP_PORT: String(httpPort),
    ...settings,
  };
  const start = () => startService(["start"], environment);
  let process = await start();
  const token = readFileSync(join(dataDir, "admin-token"), "utf8").trim();
  const ingestUrl = `http://127.0.0.1:${httpPort}`;
  const api = createApiClient(ingestUrl, token);
  return {
    mqttUrl: () => `mqtt://127.0.0.1:${mqttPort}`,
    ingest: api,
    rules: api,
    rulesUrl: ingestUrl,
    token,
    async kill() {
      await process.end("SIGKILL");
    },
    async restart() {
      process = await start();
    },
    output: () => process.output(),
    async stop() {
      const { code } = await process.end("SIGTERM");
      rmSync(dataDir, { recursive: true, force: true });
      return [code];
    },
  };
};
