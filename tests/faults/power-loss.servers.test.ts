import { registerDevice } from "@headwater/aggregates";
import { openEmbeddedLog } from "@headwater/event-log/embedded";
import { topicNames, topicSpecs } from "@headwater/event-log";
import { events } from "@headwater/proto";
import { randomToken, sha256, sleep } from "@headwater/core";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, it } from "vitest";
import { brokersFromEnvironment, KafkaGateway } from "../../edge-gateway/test/kafka-gateway.ts";
import { startProcess } from "../../edge-gateway/test/embedded-gateway.ts";
import { PowerShim } from "./power/power-shim.ts";
import { ResendingLoad } from "@headwater/testkit/resending-load";
import { TcpRelay } from "@headwater/testkit/tcp-relay";
import { rounds, say } from "./rounds.ts";
import { settledVerdict, verdict, type Verdict } from "@headwater/testkit/log-verdict";

const devices = Array.from({ length: 30 }, (_, i) => `device-${i}`);

/** Nothing listens there: the port is reserved, and no system hands it out. */
const nobody = "127.0.0.1:1";

let gateway: KafkaGateway | undefined;
let load: ResendingLoad;
let shim: PowerShim | undefined;
afterEach(async () => {
  load?.stop();
  await gateway?.close();
  gateway = undefined;
  await shim?.remove();
});

/**
 * Kills the gateway again and again and throws away what it had not synced. Kafka is away, so that the spool alone has
 * what was acknowledged.
 */
async function losePower(times: number, ignoreFsync: boolean): Promise<{ found: Verdict; discarded: number }> {
  gateway = await KafkaGateway.create(brokersFromEnvironment(), devices);
  // Who may log in is known from now on.
  await gateway.start();
  load = new ResendingLoad(devices, { port: gateway.frontPort, password: gateway.token }, 20);
  load.start();
  while (load.acked < 100) await sleep(10);
  await gateway.kill("SIGTERM");
  shim = await PowerShim.build(gateway.dataDir);
  let discarded = 0;
  for (let round = 0; round < times; round += 1) {
    // Every other time with Kafka, so that forwarding goes on between losses.
    const brokers = { HEADWATER_KAFKA_BROKERS: round % 2 === 0 ? nobody : gateway.brokers };
    await gateway.start({ ...brokers, ...(await shim.environment({ ignoreFsync })) });
    const before = load.acked;
    while (load.acked < before + 500) await sleep(10);
    await sleep(Math.random() * 1000);
    await gateway.kill("SIGKILL");
    discarded += await shim.restore();
  }
  await gateway.start();
  await load.settle(120_000);
  const found = await settledVerdict(
    () => verdict(gateway!.log, gateway!.topics.telemetry, load),
    ignoreFsync ? 3000 : 120_000,
  );
  return { found, discarded };
}

it(
  `power loss at random moments under load, ${rounds} times: nothing acknowledged is lost, reordered or taken twice`,
  async () => {
    const { found, discarded } = await losePower(rounds, false);
    say(
      `power loss × ${rounds}: ${found.acked} acknowledged, ${discarded} bytes discarded that were not synced, ${found.taken2.length} taken twice`,
    );
    expect(found).toMatchObject({ lost: [], reordered: [], taken2: [], holes: [], named: 0, epochs: 1 });
  },
  rounds * 120_000 + 240_000,
);

it("the same with fsync switched off is found out: what was acknowledged is lost", async () => {
  const { found } = await losePower(1, true);
  say(`power loss without fsync: ${found.lost.length} of ${found.acked} acknowledged messages lost`);
  expect(found.lost.length).toBeGreaterThan(100);
});

it(
  `power loss of a gateway on the embedded log, ${rounds} times: nothing acknowledged is lost or taken twice`,
  async () => {
    const dataDir = await mkdtemp(join(tmpdir(), "power-embedded-"));
    const token = randomToken();
    const front = await TcpRelay.start();
    const log = await openEmbeddedLog({ dataDir: join(dataDir, "log") });
    await log.ensureTopics(topicSpecs(4));
    const topics = topicNames();
    for (const id of devices) {
      const credential = { id: "c", kind: "token", hash: sha256(token), createdAt: 1, expiresAt: 0 };
      const event = registerDevice(undefined, { id, credentials: [credential] }, { at: 1, by: "test", writeId: id });
      await log.append(topics.devices, [{ key: id, value: events.device.encode(event) }]);
    }
    await log.close();
    shim = await PowerShim.build(dataDir);
    load = new ResendingLoad(devices, { port: front.port, password: token }, 20);
    load.start();
    let discarded = 0;
    for (let round = 0; round < rounds; round += 1) {
      const process = await startProcess(dataDir, await shim.environment());
      front.target = process.port("mqtt");
      const before = load.acked;
      while (load.acked < before + 500) await sleep(10);
      await sleep(Math.random() * 1000);
      front.target = undefined;
      await process.end("SIGKILL");
      discarded += await shim.restore();
    }
    load.stop();
    await front.stop();
    const after = await openEmbeddedLog({ dataDir: join(dataDir, "log") });
    const found = await verdict(after, topics.telemetry, load);
    await after.close();
    await rm(dataDir, { recursive: true });
    say(`power loss on the embedded log × ${rounds}: ${found.acked} acknowledged, ${discarded} bytes discarded`);
    expect(found).toMatchObject({ lost: [], reordered: [], taken2: [], holes: [], named: 0, epochs: 1 });
  },
  rounds * 120_000 + 240_000,
);
