import { silentLogger } from "@headwater/core";
import { mkdtemp, rm } from "node:fs/promises";
import { once } from "node:events";
import { duplexPair } from "node:stream";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { Audience } from "../../src/mqtt/sessions/audience.ts";
import { GatewayBroker } from "../../src/mqtt/broker/broker.ts";
import { Guards } from "../../src/mqtt/guard/guards.ts";
import { sessionPersistence } from "../../src/mqtt/broker/session-persistence.ts";
import { SessionStore } from "../../src/mqtt/sessions/session-store.ts";
import { Qos2Journal } from "../../src/pipeline/redelivery/qos2-journal.ts";
import { corpora, fuzzedPackets, fuzzLimits } from "./guard-fuzz.ts";
import { Random } from "./random.ts";

const limits = {
  ...fuzzLimits,
  messagesPerSecond: 0,
  bytesPerSecond: 0,
  burstMs: 1000,
  patienceMs: 1000,
  maxUnsentBytes: 1024 * 1024,
  stallTimeoutMs: 60_000,
  maxQueued: 10,
  maxQueuedBytes: 10_000,
  maxRetained: 10,
  maxRetainedBytes: 10_000,
};

async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

it.each([
  ["MQTT 3.1 and 3.1.1", corpora.version4],
  ["MQTT 5", corpora.version5],
])("%s: what the guard lets pass never makes the broker fail", async (_name, corpus) => {
  const folder = await mkdtemp(join(tmpdir(), "broker-fuzz-"));
  const journal = await Qos2Journal.open({ file: join(folder, "qos2.journal"), logger: silentLogger, lastN: () => 0 });
  const audience = new Audience();
  const store = await SessionStore.open({
    file: join(folder, "sessions.journal"),
    maxSessions: 100,
    logger: silentLogger,
  });
  const { persistence } = await sessionPersistence({
    ...{ journal, store, audience, limits },
    tellsOfSessions: () => true,
    isConnected: () => false,
    onRefused: () => {},
  });
  // The journal belongs to the commit of messages, which is not here.
  const broker = new GatewayBroker(
    { persistence, authorizePublish: (_client, _packet, done) => done(null), maxClientsIdLength: 64 },
    audience,
  );
  await broker.listen();
  const failures: string[] = [];
  let cut = 0;
  let current = "";
  for (const event of ["clientError", "connectionError"] as const) {
    broker.on(event, (_client, error) => {
      // An answer to somebody who has said DISCONNECT meanwhile is no failure.
      if (error.message !== "connection closed") failures.push(`${event} ${error.message}: ${current}`);
    });
  }
  broker.on("error" as "connackSent", (error: unknown) => failures.push(`error ${String(error)}: ${current}`));
  let handled = 0;
  for (const event of ["subscribe", "unsubscribe", "publish", "ping", "ack"] as const) {
    broker.on(event as "closed", () => (handled += 1));
  }
  const guards = new Guards({
    limits,
    onCut: () => (cut += 1),
    countSlowed: () => {},
    keepAlive: () => {},
  });
  // Somebody may always be listening.
  audience.set("somebody", ["#"]);
  const random = new Random(4711);
  const streams = 1500;
  for (let i = 0; i < streams; i += 1) {
    const [device, gateway] = duplexPair();
    device.on("error", () => {});
    device.resume();
    const closed = once(gateway, "close");
    guards.put(gateway);
    broker.handle(gateway);
    const connect = corpus.connect(random);
    const [first, ...rest] = fuzzedPackets(random, [], corpus);
    current = Buffer.concat([connect, first!, ...rest]).toString("hex");
    // One in five tries its luck at once; the others are let in first.
    if (random.chance(5)) device.write(first!);
    else device.write(connect);
    await turns(15);
    for (const packet of rest) {
      device.write(packet);
      await turns(3);
    }
    await turns(10);
    device.end();
    await closed;
  }
  expect(failures).toEqual([]);
  expect(cut).toBeGreaterThan(streams / 4);
  // It was not idle for that: most of what passes was acted on.
  expect(handled).toBeGreaterThan(streams / 2);
  await new Promise<void>((resolve) => broker.close(resolve));
  await store.close();
  await journal.close();
  await rm(folder, { recursive: true, force: true });
});
