import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createApiClient } from "@headwater/client";
import type { OpenPlatform } from "./platform.ts";
import { startHeadwater } from "@headwater/testkit/service-process";
import { TcpRelay } from "@headwater/testkit/tcp-relay";

/** The all-in-one as `npm start` runs it, in a folder of its own, at addresses that outlive its restarts. */
export const openEmbedded: OpenPlatform = async ({ settings = {} } = {}) => {
  const dataDir = mkdtempSync(join(tmpdir(), "headwater-e2e-"));
  const [mqtt, http] = [await TcpRelay.start(), await TcpRelay.start()];
  const environment = {
    HEADWATER_DATA_DIR: dataDir,
    HEADWATER_MQTT_PORT: "0",
    HEADWATER_HTTP_PORT: "0",
    ...settings,
  };
  const start = async () => {
    const started = await startHeadwater(["start"], environment);
    mqtt.target = started.port("mqtt");
    http.target = started.port("http");
    return started;
  };
  let process = await start();
  const token = readFileSync(join(dataDir, "admin-token"), "utf8").trim();
  const ingestUrl = `http://127.0.0.1:${http.port}`;
  const api = createApiClient(ingestUrl, token);
  return {
    mqttUrl: () => `mqtt://127.0.0.1:${mqtt.port}`,
    ingest: api,
    rules: api,
    rulesUrl: ingestUrl,
    token,
    httpUrl: () => ingestUrl,
    async kill() {
      await process.end("SIGKILL");
    },
    async restart() {
      process = await start();
    },
    output: () => process.output(),
    addresses: () => process.addresses,
    async stop() {
      const { code } = await process.end("SIGTERM");
      await Promise.all([mqtt.stop(), http.stop()]);
      rmSync(dataDir, { recursive: true, force: true });
      return [code];
    },
  };
};
