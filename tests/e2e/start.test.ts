import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { runHeadwater, startHeadwater, type ServiceProcess } from "@headwater/testkit/service-process";

let folder: string;
let settings: Record<string, string>;
const makeFolder = (): void => {
  folder = mkdtempSync(join(tmpdir(), "headwater-start-"));
  settings = {
    HEADWATER_DATA_DIR: join(folder, "data"),
    HEADWATER_MQTT_PORT: "0",
    HEADWATER_HTTP_PORT: "0",
  };
};

describe("headwater start", () => {
  let running: ServiceProcess;
  beforeAll(async () => {
    makeFolder();
    running = await startHeadwater(["start"], settings);
  });
  afterAll(async () => {
    await running?.end("SIGKILL");
    rmSync(folder, { recursive: true, force: true });
  });

  it("is ready, says so in one line with a next step, and keeps its token to itself", async () => {
    const tokenFile = join(folder, "data", "admin-token");
    const url = running.url("http");
    expect(running.output()).toMatch(new RegExp(`^ready ${url} .*admin-token`, "m"));
    expect(running.output()).toContain("npm run sim --");
    expect(statSync(tokenFile).mode & 0o777).toBe(0o600);
    expect(running.output()).not.toContain(readFileSync(tokenFile, "utf8").trim());
    expect((await fetch(`${url}/health/ready`)).status).toBe(200);
    expect((await fetch(`${url}/api/v1/devices`)).status).toBe(401);
    const code = new RegExp(`^  ${url}/#sign-in=([\\w-]+)$`, "m").exec(running.output())?.[1];
    const signIn = () =>
      fetch(`${url}/api/v1/session`, {
        method: "POST",
        headers: { "content-type": "application/json", origin: url },
        body: JSON.stringify({ code }),
      });
    const cookie = (await signIn()).headers.getSetCookie()[0]!.split(";", 1)[0]!;
    expect((await fetch(`${url}/api/v1/devices`, { headers: { cookie } })).status).toBe(200);
    expect((await fetch(`${url}/api/v1/rules`, { headers: { cookie } })).status).toBe(200);
    expect((await signIn()).status).toBe(401);
  });

  it("twice on one data folder: the second says who has it, exit code 1", async () => {
    const { code, output } = await runHeadwater(["start"], settings);
    expect(code).toBe(1);
    expect(withoutLogs(output)).toHaveLength(1);
    expect(output).toContain(join(folder, "data"));
  });

  it("stops cleanly", async () => {
    expect(await running.end("SIGINT")).toEqual({ code: 0, signal: null });
  });
});

describe("headwater start that cannot be", () => {
  beforeEach(makeFolder);
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  async function occupy(): Promise<{ server: Server; port: string }> {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    return { server, port: String((server.address() as AddressInfo).port) };
  }

  it.each(["HEADWATER_MQTT_PORT", "HEADWATER_MQTT_WS_PORT", "HEADWATER_HTTP_PORT"])(
    "with a busy %s: one clear line, exit code 1",
    async (name) => {
      const { server, port } = await occupy();
      try {
        const { code, output } = await runHeadwater(["start"], { ...settings, [name]: port });
        expect(code).toBe(1);
        const lines = withoutLogs(output);
        expect(lines).toHaveLength(1);
        expect(lines[0]).toContain(port);
        expect(lines[0]).toContain(name);
      } finally {
        server.close();
      }
    },
  );

  it("with a certificate that cannot be read: one clear line that names file and setting, exit code 1", async () => {
    const { code, output } = await runHeadwater(["start"], {
      ...settings,
      HEADWATER_MQTT_TLS_PORT: "0",
      HEADWATER_MQTT_TLS_CERT_FILE: join(folder, "server.pem"),
      HEADWATER_MQTT_TLS_KEY_FILE: join(folder, "server.key"),
    });
    expect(code).toBe(1);
    expect(withoutLogs(output)).toEqual([
      expect.stringMatching(/server\.(pem|key) \(HEADWATER_MQTT_TLS_(CERT|KEY)_FILE\) cannot be read \(ENOENT\)/),
    ]);
  });

  it("with a data folder that cannot be made: one clear line, exit code 1", async () => {
    const file = join(folder, "file");
    writeFileSync(file, "not a folder");
    const { code, output } = await runHeadwater(["start"], { ...settings, HEADWATER_DATA_DIR: join(file, "data") });
    expect(code).toBe(1);
    expect(withoutLogs(output)).toEqual([expect.stringContaining("HEADWATER_DATA_DIR")]);
  });

  it("with a configuration that is no YAML: one clear line, exit code 1", async () => {
    const file = join(folder, "headwater.yaml");
    writeFileSync(file, "http: {port: [");
    const { code, output } = await runHeadwater(["start"], { ...settings, HEADWATER_CONFIG_FILE: file });
    expect(code).toBe(1);
    expect(withoutLogs(output)).toEqual([expect.stringContaining(file)]);
  });

  it("with a variable that is no setting: names the nearest one, exit code 1", async () => {
    const { code, output } = await runHeadwater(["start"], { ...settings, HEADWATER_MQT_PORT: "1" });
    expect(code).toBe(1);
    expect(withoutLogs(output)).toEqual([expect.stringContaining("did you mean HEADWATER_MQTT_PORT?")]);
  });

  it("with an admin token that others may read: says which command mends it", async () => {
    mkdirSync(join(folder, "data"));
    writeFileSync(join(folder, "data", "admin-token"), "x".repeat(43), { mode: 0o644 });
    const { code, output } = await runHeadwater(["start"], settings);
    expect(code).toBe(1);
    expect(withoutLogs(output)).toEqual([expect.stringContaining(`chmod 600`)]);
  });
});

/** What a person reads: log lines are JSON. */
function withoutLogs(output: string): string[] {
  return output.split("\n").filter((line) => line.trim() !== "" && !line.startsWith("{"));
}
