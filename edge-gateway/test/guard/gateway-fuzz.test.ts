import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { sendFuzz } from "./fuzz-peers.ts";
import { countersOf, everyListener, listenersOf, metricOf, startFuzzedGateway } from "./fuzzed-gateway.ts";
import { HonestClient } from "./honest-client.ts";

const device = "honest";
const packets = 3000;

// `node bench/fuzz.ts` sends a million, and tells the longest stall and the memory of the gateway.
it("a gateway beside hundreds of peers that mean no good lives on, and an honest client is acknowledged", async () => {
  const dataDir = await mkdtemp(join(tmpdir(), "gateway-fuzz-"));
  onTestFinished(() => rm(dataDir, { recursive: true, force: true }));
  const gateway = await startFuzzedGateway(dataDir, await everyListener(dataDir));

  onTestFinished(async () => void (await gateway.end("SIGKILL")));
  const honest = await HonestClient.start(gateway.url("mqtt"), device);

  const listeners = listenersOf(gateway);
  expect(listeners.map(({ transport }) => transport)).toEqual(["tcp", "tls", "ws", "wss"]);
  const sent = await sendFuzz({ listeners, packets, seed: 20_261_128, atOnce: 100 });
  const ackedMeanwhile = honest.acked;
  await honest.stop();

  expect(honest.failure).toBeUndefined();
  expect(ackedMeanwhile).toBeGreaterThan(0);
  // What was sent reached the gateway: most is refused, some is let in.
  expect(sent.left).toBe(0);
  expect(sent.accepted).toBeGreaterThan(0);
  // It answers here too.
  expect(await metricOf(gateway, "headwater_gateway_received_total")).toBeGreaterThan(honest.acked);
  expect(await gateway.end("SIGTERM"), gateway.output()).toEqual({ code: 0, signal: null });
  expect(await countersOf(device, dataDir)).toEqual(Array.from({ length: honest.acked }, (_, i) => i));
});
