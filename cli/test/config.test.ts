import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runCli } from "./run-cli.ts";

describe("headwater config", () => {
  let file: string;
  beforeAll(() => {
    const folder = mkdtempSync(join(tmpdir(), "headwater-config-"));
    file = join(folder, "headwater.yaml");
    writeFileSync(file, "mqtt: { port: 2883 }\n");
  });
  afterAll(() => rmSync(join(file, ".."), { recursive: true }));

  it("takes names of settings and of groups of them", async () => {
    const { code, out } = await runCli(["config", "HEADWATER_HTTP_PORT", "eventLog.kafka"]);
    expect(code).toBe(0);
    const variables = [...out.matchAll(/^\| `(HEADWATER_\w+)`/gm)].map((match) => match[1]!);
    expect(variables).toContain("HEADWATER_HTTP_PORT");
    expect(variables.length).toBeGreaterThan(3);
    expect(variables.filter((name) => !/^HEADWATER_(HTTP_PORT|KAFKA_)/.test(name))).toEqual([]);
  });

  it("shows the values that hold, and where each comes from, but no secret", async () => {
    const env = {
      ...{ HEADWATER_CONFIG_FILE: file, HEADWATER_HTTP_PORT: "9999", HEADWATER_INFLUX_TOKEN: "hush-hush" },
      HEADWATER_URL: "http://127.0.0.1:1",
    };
    const { code, out } = await runCli(["config", "--effective"], env);
    expect(code).toBe(0);
    const lines = out.split("\n");
    expect(lines).toContain("HEADWATER_HTTP_PORT=9999  # environment");
    expect(lines).toContain("HEADWATER_MQTT_PORT=2883  # configuration file");
    expect(lines).toContain("HEADWATER_DATA_DIR=data  # default");
    expect(lines).toContain("HEADWATER_INFLUX_TOKEN=[secret]  # environment");
    expect(out).not.toContain("hush-hush");
    const one = await runCli(["config", "--effective", "MQTT_PORT"], env);
    expect(one.out.trim().split("\n")).toEqual([
      `# HEADWATER_CONFIG_FILE=${file}`,
      lines.find((line) => line.startsWith("HEADWATER_MQTT_PORT=")),
    ]);
  });

  it("--effective says in one line what is wrong", async () => {
    const { code, out, err } = await runCli(["config", "--effective"], { HEADWATER_HTTP_PORT: "many" });
    expect({ code, out }).toEqual({ code: 1, out: "" });
    expect(err).toMatch(/^HEADWATER_HTTP_PORT in the environment .*\n$/);
  });
});
