import { sleep } from "@headwater/core";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { KafkaGateway } from "../../edge-gateway/test/kafka-gateway.ts";
import { startKafka, type Kafka } from "../../scripts/servers/kafka.ts";
import { ResendingLoad } from "@headwater/testkit/resending-load";
import { eventually } from "@headwater/testkit/eventually";
import { say } from "./rounds.ts";
import { settledVerdict, verdict } from "@headwater/testkit/log-verdict";

const devices = Array.from({ length: 10 }, (_, i) => `device-${i}`);
const mebibyte = 1024 * 1024;
/** The gateway holds a few megabytes of what waits; all else is on disk. A busy machine collects garbage late. */
const mostGrowth = 200 * mebibyte;
/** Kafka is stopped for so long, and on a busy machine until enough went on meanwhile. */
const stoppedMs = 60_000;
const longestMs = 180_000;
const enough = { acked: 5000, pongsOfEach: 8 };

let folder: string;
let kafka: Kafka;
let gateway: KafkaGateway;
let load: ResendingLoad;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "hung-kafka-"));
  kafka = await startKafka({ dataDir: folder, heapMb: 400 });
});
afterEach(async () => {
  load?.stop();
  await gateway.close();
  kafka.kill("SIGCONT");
  await kafka.stop();
  await rm(folder, { recursive: true, force: true });
});

it("Kafka stopped for a minute under load: not one connection lost, memory bounded, then drained by itself", async () => {
  gateway = await KafkaGateway.create(kafka.brokers, devices);
  await gateway.start({
    HEADWATER_KAFKA_REQUEST_TIMEOUT_MS: "5000",
  });
  load = new ResendingLoad(devices, { port: gateway.frontPort, password: gateway.token }, 2);
  load.start();
  while (load.acked < 2000) await sleep(20);
  const before = await resident(gateway.pid);
  const ackedBefore = load.acked;
  const pongsBefore = load.devices.map(({ pongs }) => pongs);
  kafka.kill("SIGSTOP");
  const states = new Set<string>();
  let most = before;
  const hasEnough = () =>
    load.acked - ackedBefore > enough.acked &&
    load.devices.every(({ pongs }, i) => pongs - pongsBefore[i]! >= enough.pongsOfEach);
  const began = performance.now();
  const stoppedFor = () => performance.now() - began;
  while (stoppedFor() < stoppedMs || (!hasEnough() && stoppedFor() < longestMs)) {
    const { status, warnings = [] } = await gateway.ready();
    // It takes work all the same.
    expect(status).toBe("ready");
    for (const each of warnings) states.add(/\((\w+)[,)]/.exec(each)?.[1] ?? each);
    most = Math.max(most, await resident(gateway.pid));
    await sleep(500);
  }
  const [during, seconds] = [load.acked - ackedBefore, Math.round(stoppedFor() / 1000)];
  const leastPongs = Math.min(...load.devices.map(({ pongs }, i) => pongs - pongsBefore[i]!));
  kafka.kill("SIGCONT");
  load.devices.forEach((device) => device.finish());
  await load.settle(120_000);
  const found = await settledVerdict(() => verdict(gateway.log, gateway.topics.telemetry, load), 120_000);
  say(
    `Kafka stopped for ${seconds} s: ${during} acknowledged meanwhile, resident ${Math.round(before / mebibyte)} MiB before, at most ${Math.round(most / mebibyte)} MiB`,
  );
  expect(during).toBeGreaterThan(enough.acked);
  expect(load.losses).toBe(0);
  expect(leastPongs).toBeGreaterThanOrEqual(enough.pongsOfEach);
  expect([...states]).toContain("hanging");
  expect(most - before).toBeLessThan(mostGrowth);
  expect(found).toMatchObject({ lost: [], reordered: [], taken2: [], holes: [], named: 0 });
  await eventually(async () => expect(await gateway.ready()).toEqual({ status: "ready" }));
});

async function resident(pid: number): Promise<number> {
  return Number((await readFile(`/proc/${pid}/statm`, "utf8")).split(" ")[1]) * 4096;
}
