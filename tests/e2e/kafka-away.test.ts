import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { eventually } from "@headwater/testkit/eventually";
import { startHeadwater } from "@headwater/testkit/service-process";

/** A broker's address where nothing listens: no system gives out a port as low as this one. */
const broker = "127.0.0.1:1";

describe("a gateway whose Kafka refuses connections", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "headwater-away-"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it("names the brokers in health and log, repeats itself little, shows no stack, and stops", async () => {
    const gateway = await startHeadwater(["start", "gateway"], {
      HEADWATER_DATA_DIR: folder,
      HEADWATER_MQTT_PORT: "0",
      HEADWATER_HTTP_PORT: "0",
      HEADWATER_EVENT_LOG: "kafka",
      HEADWATER_KAFKA_BROKERS: broker,
      HEADWATER_LOG_FORMAT: "json",
    });
    const health = async () => (await fetch(`${gateway.url("http")}/health/ready`)).text();
    expect(await eventually(health, (text) => text.includes(broker))).toContain("refuses connections");
    // Several attempts of everyone who waits for the log.
    await new Promise((resolve) => {
      setTimeout(resolve, 4000);
    });
    expect(await gateway.end("SIGINT")).toEqual({ code: 0, signal: null });
    const lines = gateway.output().split("\n");
    const warnings = lines.flatMap((line) => (line.startsWith("{") ? [JSON.parse(line) as Warning] : []));
    expect(warnings.filter(({ problem }) => problem?.includes(broker)).length).toBeGreaterThan(0);
    const said = warnings.map(({ msg, problem, readModel }) => JSON.stringify([msg, problem, readModel]));
    expect(said.filter((line, index) => said.indexOf(line) !== index)).toEqual([]);
    expect(gateway.output()).not.toContain("\\n    at ");
  });
});

interface Warning {
  readonly msg: string;
  readonly problem?: string;
  readonly readModel?: string;
}
