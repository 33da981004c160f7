import { sleep } from "@headwater/core";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "@headwater/testkit/eventually";
import { startHeadwater, type ServiceProcess } from "@headwater/testkit/service-process";
import { brokersFromEnvironment, KafkaGateway, kafkaPartitions } from "./kafka-gateway.ts";
import { RawDevice } from "./raw-device.ts";

const rounds = Number(process.env["HEADWATER_FAULT_ROUNDS"] ?? 5);

describe("two gateway processes on one real Kafka", () => {
  let first: KafkaGateway;
  let second: KafkaGateway;
  let owner: ServiceProcess | undefined;
  let ownerDir: string;
  const lines: RawDevice[] = [];

  beforeAll(async () => {
    first = await KafkaGateway.create(brokersFromEnvironment(), ["valve"]);
    second = await KafkaGateway.beside(first);
    await Promise.all([
      first.start({ HEADWATER_GATEWAY_ID: "first" }),
      second.start({ HEADWATER_GATEWAY_ID: "second" }),
    ]);
    ownerDir = await mkdtemp(join(tmpdir(), "commands-owner-"));
    owner = await startOwner(first, ownerDir);
  });
  afterEach(async () => {
    for (const line of lines.splice(0)) line.cut();
    // A command of the next test is for a line of its own: both gateways know that these are gone.
    for (const gateway of [first, second])
      await eventually(
        () => gateway.metric("headwater_gateway_connections"),
        (connections) => connections === 0,
      );
  });
  afterAll(async () => {
    await owner?.end("SIGKILL");
    await second.close();
    await first.close();
    await rm(ownerDir, { recursive: true, force: true });
  });

  /** The device at a gateway; it acknowledges each command unless told otherwise, and keeps their ids. */
  const connect = async (gateway: KafkaGateway, received: string[], acknowledges = true, clientId = "c") => {
    const device = await RawDevice.connect(gateway.port, { username: "valve", password: gateway.token, clientId });
    lines.push(device);
    let seen = 0;
    device.onHeard = () => {
      for (; seen < device.heard.length; seen += 1) {
        const packet = device.heard[seen]!;
        if (packet.cmd !== "publish") continue;
        received.push(packet.topic.split("/").at(-1)!);
        expect(packet).toMatchObject({ qos: 1, retain: false, dup: false });
        if (acknowledges) device.send({ cmd: "puback", messageId: packet.messageId! });
      }
    };
    const subscriptions = [{ topic: "devices/valve/commands/+", qos: 1 }];
    device.send({ cmd: "subscribe", messageId: 1, subscriptions } as never);
    await device.until("suback");
    return device;
  };
  const kindsOf = async (commandId: string): Promise<string[]> =>
    (await first.commands(commandId)).map((event) =>
      (["requested", "claimed", "delivered", "succeeded", "expired", "timedOut"] as const)
        .filter((kind) => event[kind] !== null)
        .join(),
    );
  const ends = (commandId: string, kind: string) =>
    eventually(
      () => kindsOf(commandId),
      (kinds) => kinds.includes(kind),
    );

  it("a device at both gets each command once", async () => {
    const received: string[] = [];
    await connect(first, received, true, "a");
    await connect(second, received, true, "b");
    const ids = Array.from({ length: 20 }, (_, i) => `both-${i}`);
    for (const id of ids) await first.requestCommand("valve", id);
    await eventually(
      () => received.length,
      (count) => count >= ids.length,
    );
    for (const id of ids) expect(await ends(id, "delivered")).toContain("delivered");
    expect(received.toSorted()).toEqual(ids.toSorted());
  });

  it("a device that moves to and fro gets no command twice, and those that it had to miss time out", async () => {
    const received: string[] = [];
    const ids: string[] = [];
    for (let move = 0; move < 6; move += 1) {
      const device = await connect(move % 2 === 0 ? first : second, received);
      for (let i = 0; i < 4; i += 1) {
        ids.push(`move-${move}-${i}`);
        await first.requestCommand("valve", ids.at(-1)!, { ttlMs: 40_000 });
      }
      await sleep(Math.random() * 40);
      device.cut();
    }
    await connect(first, received);
    for (const id of ids) {
      const kinds = await eventually(
        () => kindsOf(id),
        (all) => all.includes("delivered") || all.includes("timedOut"),
        120_000,
      );
      expect(kinds.includes("delivered") || kinds.includes("timedOut")).toBe(true);
      // What was delivered was received; what was not claimed by a line that broke was delivered.
      if (kinds.includes("delivered")) expect(received).toContain(id);
    }
    expect(new Set(received).size).toBe(received.length);
  });

  it("killed with its claim: the command is never sent, and times out unless it may be sent again", async () => {
    const mortal = await KafkaGateway.beside(first);
    const script = ["dies-with-its-claim.ts", first.brokers, first.prefix, String(kafkaPartitions), mortal.dataDir];
    try {
      for (const redeliver of [false, true]) {
        const id = redeliver ? "claimed-again" : "claimed-plain";
        const received: string[] = [];
        await mortal.start({}, [...script, id]);
        await connect(mortal, received);
        await first.requestCommand("valve", id, { name: "die", ttlMs: redeliver ? 600_000 : 15_000, redeliver });
        await lines.at(-1)!.closed;
        expect(received).toEqual([]);
        expect((await kindsOf(id)).slice(0, 2)).toEqual(["requested", "claimed"]);
        const again = await connect(second, received);
        if (redeliver) {
          await again.until("publish");
          expect((await ends(id, "delivered")).toSorted()).toEqual(["claimed", "claimed", "delivered", "requested"]);
          expect(received).toEqual([id]);
        } else {
          expect((await ends(id, "timedOut")).toSorted()).toEqual(["claimed", "requested", "timedOut"]);
          expect(received).toEqual([]);
        }
        again.cut();
      }
    } finally {
      await mortal.close();
    }
  });

  it("killed at the moment of a claim, again and again: nothing is sent twice unless it asks for it", async () => {
    const received: string[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const mortal = await KafkaGateway.beside(first);
      try {
        await mortal.start({ HEADWATER_GATEWAY_ID: `mortal-${round}` });
        await connect(mortal, received, false);
        const [plain, again] = [`race-${round}`, `race-again-${round}`];
        await first.requestCommand("valve", plain, { ttlMs: 20_000 });
        await eventually(
          () => kindsOf(plain),
          (kinds) => kinds.includes("claimed"),
        );
        await mortal.kill("SIGKILL");
        await first.requestCommand("valve", again, { redeliver: true });
        const device = await connect(second, received);
        await eventually(
          () => received.includes(again),
          (done) => done,
        );
        expect(received).toContain(again);
        device.cut();
      } finally {
        await mortal.close();
      }
    }
    for (let round = 0; round < rounds; round += 1) {
      expect(await ends(`race-${round}`, "timedOut")).toContain("timedOut");
      expect(received.filter((id) => id === `race-${round}`).length).toBeLessThanOrEqual(1);
    }
  });

  it("a restart with commands waiting, and without its model: each is sent once", async () => {
    const received: string[] = [];
    const ids = Array.from({ length: 5 }, (_, i) => `waits-${i}`);
    for (const id of ids) await first.requestCommand("valve", id);
    await first.kill("SIGKILL");
    await rm(join(first.dataDir, "gateway", "commands.sqlite"), { force: true });
    await rm(join(first.dataDir, "gateway", "commands.sqlite-wal"), { force: true });
    await first.start({ HEADWATER_GATEWAY_ID: "first" });
    await connect(first, received);
    await eventually(
      () => received.length,
      (count) => count >= ids.length,
    );
    for (const id of ids) await ends(id, "delivered");
    // Another request shows that nothing older is on its way.
    await first.requestCommand("valve", "last");
    await ends("last", "delivered");
    expect(received).toEqual([...ids, "last"]);
  });

  it("a reply after the deadline is recorded and changes nothing; one before the acknowledgement counts", async () => {
    const received: string[] = [];
    const device = await connect(first, received, false);
    await first.requestCommand("valve", "slow", { ttlMs: 10_000 });
    await device.until("publish");
    await ends("slow", "timedOut");
    device.publish("devices/valve/commands/slow/reply", '{"status":"succeeded"}', { messageId: 5 });
    await device.until("puback");
    expect((await ends("slow", "succeeded")).at(-1)).toBe("succeeded");
    await first.requestCommand("valve", "quick");
    const packet = (await device.until("publish", 2)) as { messageId?: number };
    device.publish("devices/valve/commands/quick/reply", '{"status":"succeeded"}', { messageId: 6 });
    await ends("quick", "succeeded");
    device.send({ cmd: "puback", messageId: packet.messageId! });
    expect(await ends("quick", "delivered")).toEqual(["requested", "claimed", "succeeded", "delivered"]);
  });
});

/** The ingest service: it owns the partitions, and so ends commands whose deadline has passed. */
async function startOwner(gateway: KafkaGateway, ownerDir: string): Promise<ServiceProcess> {
  const tokenFile = join(ownerDir, "admin-token");
  await writeFile(tokenFile, "0123456789abcdef0123456789abcdef", { mode: 0o600 });
  return startHeadwater(["start", "ingest"], {
    HEADWATER_EVENT_LOG: "kafka",
    HEADWATER_KAFKA_BROKERS: gateway.brokers,
    HEADWATER_TOPIC_PREFIX: gateway.prefix,
    HEADWATER_PARTITIONS: String(kafkaPartitions),
    HEADWATER_TIME_SERIES: "embedded",
    HEADWATER_DATA_DIR: ownerDir,
    HEADWATER_HTTP_PORT: "0",
    HEADWATER_ADMIN_TOKEN_FILE: tokenFile,
    HEADWATER_LOG_LEVEL: "error",
  });
}
