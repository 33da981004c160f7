import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connectAsync, type MqttClient } from "mqtt";
import type { Browser, BrowserContext, BrowserContextOptions } from "playwright-core";
import { type ApiClient, createApiClient, registerDevice } from "@headwater/client";
import { startHeadwater, type ServiceProcess } from "@headwater/testkit/service-process";
import { openBrowser } from "./browser.ts";

/** A real all-in-one with an empty data folder, and a browser that may sign in to it. */
export interface Started {
  readonly headwater: ServiceProcess;
  readonly browser: Browser;
  readonly api: ApiClient;
  readonly token: string;
  /** A browser of its own, signed in with the administrator's token or another one. */
  signedIn(options?: BrowserContextOptions & { readonly as?: string }): Promise<BrowserContext>;
  /** Registers a device and connects it. */
  connected(id: string, type: string): Promise<MqttClient>;
  close(): Promise<void>;
}

export async function startAll(): Promise<Started> {
  const dataDir = mkdtempSync(join(tmpdir(), "headwater-browser-"));
  const environment = { HEADWATER_DATA_DIR: dataDir, HEADWATER_HTTP_PORT: "0", HEADWATER_MQTT_PORT: "0" };
  const [headwater, browser] = await Promise.all([startHeadwater(["start"], environment), openBrowser()]);
  const baseURL = headwater.url("http");
  const token = readFileSync(join(dataDir, "admin-token"), "utf8").trim();
  const api = createApiClient(baseURL, token);
  const devices: MqttClient[] = [];
  return {
    ...{ headwater, browser, api, token },
    async signedIn({ as = token, ...options } = {}) {
      const context = await browser.newContext({ baseURL, viewport: { width: 1280, height: 900 }, ...options });
      const answer = await context.request.post("/api/v1/session", { data: { token: as } });
      if (answer.status() !== 200) throw new Error(`Signing in was answered with ${answer.status()}`);
      return context;
    },
    async connected(id, type) {
      const { token: password } = await registerDevice(api, { id, type });
      const device = await connectAsync(headwater.url("mqtt"), { username: id, password, clientId: id });
      devices.push(device);
      return device;
    },
    async close() {
      await browser.close();
      await Promise.all(devices.map((device) => device.endAsync(true)));
      await headwater.end("SIGTERM");
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
