import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createPlatformClient } from "@headwater/client";
import { startHeadwater } from "@headwater/testkit/service-process";

export type Platform = Awaited<ReturnType<typeof startPlatform>>;

/** A platform as `headwater start` runs it, with the environment in which the command line is its administrator's. */
export async function startPlatform(settings: Readonly<Record<string, string>> = {}) {
  const folder = mkdtempSync(join(tmpdir(), "headwater-cli-"));
  const data = join(folder, "data");
  const ports = { HEADWATER_MQTT_PORT: "0", HEADWATER_HTTP_PORT: "0" };
  const headwater = await startHeadwater(["start"], { HEADWATER_DATA_DIR: data, ...ports, ...settings });
  const url = `http://127.0.0.1:${headwater.port("http")}`;
  const tokenFile = join(data, "admin-token");
  return {
    /** For the files of a test. */
    folder,
    url,
    mqttUrl: `mqtt://127.0.0.1:${headwater.port("mqtt")}`,
    env: { HEADWATER_URL: url, HEADWATER_TOKEN_FILE: tokenFile } as Record<string, string>,
    api: createPlatformClient({ url, token: readFileSync(tokenFile, "utf8").trim() }),
    async stop(): Promise<void> {
      await headwater.end("SIGTERM");
      rmSync(folder, { recursive: true });
    },
  };
}
