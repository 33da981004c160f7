import { sleep } from "@headwater/service-kit";
import { afterEach, expect, test } from "vitest";
import { brokersFromEnvironment, KafkaGateway } from "../../edge-gateway/test/kafka-gateway.ts";
import { freePorts } from "../../scripts/servers/free-port.ts";
import { PowerShim } from "./power/power-shim.ts";
import { ResendingLoad } from "./resending-load.ts";
import { rounds, say } from "./rounds.ts";
import { settledVerdict, verdict, type Verdict } from "./verdict.ts";

const devices = Array.from({ length: 30 }, (_, i) => `device-${i}`);

let gateway: KafkaGateway;
let load: ResendingLoad;
let shim: PowerShim | undefined;
afterEach(async () => {
  load?.stop();
  await gateway.close();
  await shim?.remove();
});

/** Kills the gateway again and again and throws away what it had not synced. Kafka is away, so that the spool alone has what was acknowledged. */
async function losePower(times: number, ignoreFsync: boolean): Promise<{ found: Verdict; discarded: number }> {
  gateway = await KafkaGateway.create(brokersFromEnvironment(), devices);
  const [port, nobody] = (await freePorts(2)) as [number, number];
  const environment = { HEADWATER_MQTT_PORT: String(port) };
  // Who may log in is known from now on.
  await gateway.start(environment);
  load = new ResendingLoad(devices, { port, password: gateway.token }, 20);
  load.start();
  while (load.acked < 100) await sleep(10);
  await gateway.kill("SIGTERM");
  shim = await PowerShim.build(gateway.dataDir);
  let discarded = 0;
  for (let round = 0; round < times; round += 1) {
    // Every other time with Kafka, so that forwarding goes on between losses.
    const brokers = { HEADWATER_KAFKA_BROKERS: round % 2 === 0 ? `127.0.0.1:${nobody}` : gateway.brokers };
    await gateway.start({ ...environment, ...brokers, ...(await shim.environment({ ignoreFsync })) });
    const before = load.acked;
    while (load.acked < before + 500) await sleep(10);
    await sleep(Math.random() * 1000);
    await gateway.kill("SIGKILL");
    discarded += await shim.restore();
  }
  await gateway.start(environment);
  await load.settle(60_000);
  const found = await settledVerdict(
    () => verdict(gateway.log, gateway.topics.telemetry, load),
    ignoreFsync ? 3000 : 60_000,
  );
  return { found, discarded };
}

test(
  `power loss at random moments under load, ${rounds} times: nothing acknowledged is lost and nothing reordered`,
  async () => {
    const { found, discarded } = await losePower(rounds, false);
    say(
      `power loss × ${rounds}: ${found.acked} acknowledged, ${discarded} bytes discarded that were not synced, ${found.taken2.length} taken twice`,
    );
    // What a device sent before is remembered by notes that are not synced: a message that is sent again after a power loss may be a new event.
    expect(found).toMatchObject({ lost: [], reordered: [], holes: [], named: 0, epochs: 1 });
  },
  rounds * 60_000 + 240_000,
);

test("the same with fsync switched off is found out: what was acknowledged is lost", async () => {
  const { found } = await losePower(1, true);
  say(`power loss without fsync: ${found.lost.length} of ${found.acked} acknowledged messages lost`);
  expect(found.lost.length).toBeGreaterThan(100);
});
