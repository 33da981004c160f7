import { openEmbeddedLog } from "@headwater/event-log/embedded";
import { events } from "@headwater/proto";
import { registerDevice } from "@headwater/aggregates";
import { randomToken, sha256, sleep } from "@headwater/core";
import { eventually } from "@headwater/testkit/eventually";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { startProcess } from "./embedded-gateway.ts";
import { laneProblems, readAll, topics } from "./gateway-under-test.ts";
import { send } from "./http-gateway.ts";

/** A limit against hanging (milliseconds). */
const roundLimitMs = 120_000;
const takenARound = 30;
const rounds = 3;

/** Sends numbers one after the other; one that got no answer is sent again, under its key if it has one. */
class HttpSender {
  readonly device: string;
  readonly #token: string;
  readonly #isKeyed: boolean;
  url = "";
  isStopped = false;
  /** Numbers that were answered 200. */
  taken = 0;
  resent = 0;

  constructor(device: string, token: string, isKeyed: boolean) {
    this.device = device;
    this.#token = token;
    this.#isKeyed = isKeyed;
  }

  async run(): Promise<void> {
    for (let i = 0; !this.isStopped; i += 1) {
      while (!(await this.#isTaken(i))) {
        this.resent += 1;
        await sleep(20);
        // As if the answer to the one before had been lost as well.
        if (this.#isKeyed && i > 0) await this.#isTaken(i - 1);
      }
      this.taken += 1;
    }
  }

  async #isTaken(i: number): Promise<boolean> {
    const headers: Record<string, string> = this.#isKeyed ? { "idempotency-key": `${this.device}-${i}` } : {};
    try {
      const { status } = await send(this.url, `{"i":${i}}`, `${this.device}:${this.#token}`, { headers });
      return status === 200;
    } catch {
      return false;
    }
  }
}

it("what was answered 200 survives kill -9, and what is sent again under its key is there once", async () => {
  const dataDir = await mkdtemp(join(tmpdir(), "gateway-http-kill-"));
  onTestFinished(() => rm(dataDir, { recursive: true, force: true }));
  const token = randomToken();
  let gateway = await startProcess(dataDir);
  onTestFinished(async () => void (await gateway.end("SIGKILL")));
  await gateway.end("SIGKILL");
  const keyed = ["a", "b", "c", "d", "e", "f"].map((name) => new HttpSender(name, token, true));
  const plain = new HttpSender("plain", token, false);
  const senders = [...keyed, plain];
  const log = await openEmbeddedLog({ dataDir: join(dataDir, "log") });
  for (const { device: id } of senders) {
    const credential = { id: "c", kind: "token", hash: sha256(token), createdAt: 1, expiresAt: 0 };
    const event = registerDevice(undefined, { id, credentials: [credential] }, { at: 1, by: "test", writeId: id });
    await log.append(topics.devices, [{ key: id, value: events.device.encode(event) }]);
  }
  await log.close();

  let running: Promise<void>[] = [];
  for (let round = 1; round <= rounds; round += 1) {
    gateway = await startProcess(dataDir);
    for (const sender of senders) sender.url = `http://127.0.0.1:${gateway.port("http")}`;
    if (round === 1) running = senders.map((sender) => sender.run());
    // The kill comes at any moment of the work, but not before there was work.
    await eventually(
      () => Math.min(...senders.map(({ taken }) => taken)),
      (taken) => taken >= round * takenARound,
      roundLimitMs,
    );
    await sleep(Math.random() * 100);
    await gateway.end("SIGKILL");
  }
  gateway = await startProcess(dataDir);
  for (const sender of senders) sender.url = `http://127.0.0.1:${gateway.port("http")}`;
  for (const sender of senders) sender.isStopped = true;
  await Promise.all(running);
  await gateway.end("SIGKILL");

  const after = await openEmbeddedLog({ dataDir: join(dataDir, "log") });
  onTestFinished(() => after.close());
  const stored = new Map(senders.map(({ device }) => [device, [] as number[]]));
  for (const { value } of await readAll(after, topics.telemetry)) {
    const record = events.telemetry.decode(value!);
    if (record.readings.length > 0) stored.get(record.device)!.push(record.readings[0]!.number!);
  }
  const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i);
  for (const { device, taken } of keyed) expect(stored.get(device)).toEqual(upTo(taken));
  expect([...new Set(stored.get("plain"))]).toEqual(upTo(plain.taken));
  // Each sender had a request under way at each kill.
  expect(senders.reduce((sum, { resent }) => sum + resent, 0)).toBeGreaterThanOrEqual(senders.length * (rounds - 1));
  expect(await laneProblems(after)).toEqual([]);
});
