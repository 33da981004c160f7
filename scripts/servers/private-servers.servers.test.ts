import { eventually } from "@headwater/testkit/eventually";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { influxHealthy, startInflux } from "./influx.ts";
import { startKafka } from "./kafka.ts";
import { kafkaAnswers } from "./kafka-readiness.ts";
import { isServerAlive } from "./server-process.ts";

/** What fault tests rely on: servers of their own that can be stopped, killed and brought back. */
let dir: string;
beforeAll(async () => (dir = await mkdtemp(join(tmpdir(), "headwater-private-"))));
afterAll(() => rm(dir, { recursive: true, force: true }));

describe("a private Kafka", () => {
  it("hangs while it is stopped, and answers again on its port after it was killed and restarted", async () => {
    const kafka = await startKafka({ dataDir: join(dir, "kafka"), heapMb: 384 });
    onTestFinished(() => kafka.stop());
    const [port = 0] = kafka.ports;
    expect(kafka.brokers).toBe(`127.0.0.1:${port}`);

    kafka.kill("SIGSTOP");
    // The signal takes effect a moment later: what was asked before that may be answered still.
    const asked = () =>
      kafkaAnswers(port, 1).then(
        (answered) => (answered ? "an answer" : "not ready"),
        (error: Error) => error.message,
      );
    expect(await eventually(asked, (said) => said !== "an answer")).toContain("no answer");
    kafka.kill("SIGCONT");
    expect(await eventually(asked, (said) => said === "an answer")).toBe("an answer");

    const [killed = 0] = kafka.pids;
    kafka.kill("SIGKILL");
    await kafka.restart();
    expect(kafka.pids[0]).not.toBe(killed);
    expect(await eventually(asked, (said) => said === "an answer")).toBe("an answer");

    await kafka.stop();
    expect(isServerAlive(kafka.pids[0] ?? 0, dir)).toBe(false);
  });
});

describe("a private influxd", () => {
  it("keeps its data and its token over a kill and a new start", async () => {
    const dataDir = join(dir, "influx");
    const first = await startInflux({ dataDir });
    onTestFinished(() => first.stop());
    await api(first.token, `${first.url}/api/v2/write?org=${first.org}&bucket=${first.bucket}`, "kept v=42");
    first.kill("SIGKILL");

    const second = await startInflux({ dataDir, port: first.port });
    onTestFinished(() => second.stop());
    expect(second.token).toBe(first.token);
    const query = `from(bucket: "${second.bucket}") |> range(start: -1h)`;
    const csv = await api(second.token, `${second.url}/api/v2/query?org=${second.org}`, JSON.stringify({ query }));
    expect(csv).toContain(",42,v,kept");

    await second.stop();
    await expect(influxHealthy(second.url)).rejects.toThrow();
  });
});

async function api(token: string, url: string, body: string): Promise<string> {
  const headers = { authorization: `Token ${token}`, "content-type": "application/json" };
  const response = await fetch(url, { method: "POST", headers, body });
  expect(response.ok).toBe(true);
  return response.text();
}
