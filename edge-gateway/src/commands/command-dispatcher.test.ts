import type { Incarnation } from "@headwater/aggregates";
import { openEmbeddedLog } from "@headwater/event-log/embedded";
import { topicNames, topicSpecs, type EventLog, type LogRecord } from "@headwater/event-log";
import { events } from "@headwater/proto";
import { createMetrics, FoldedEvents, SkippedRecords } from "@headwater/service";
import { nowMicros, silentLogger, sleep } from "@headwater/core";
import { eventually } from "@headwater/testkit/eventually";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { gatewayMetrics } from "../gateway-metrics.ts";
import type { RecordWriter } from "../pipeline/commit/record-writer.ts";
import { CommandBook } from "./command-book.ts";
import { CommandDispatcher } from "./command-dispatcher.ts";
import { CommandReplies } from "./command-replies.ts";
import type { CommandToSend } from "./command-message.ts";
import type { CommandSession } from "./command-session.ts";

const topic = topicNames().commands;

class CountingBook extends CommandBook {
  looks = 0;
  override free(...args: Parameters<CommandBook["free"]>): ReturnType<CommandBook["free"]> {
    this.looks += 1;
    return super.free(...args);
  }
}

/** A device that takes commands, and acknowledges when told to. */
class FakeSession implements CommandSession {
  readonly device: string;
  readonly session: string;
  readonly sent: string[] = [];
  readonly #acks = new Map<string, () => void>();

  constructor(device: string, session = `s-${device}`) {
    this.device = device;
    this.session = session;
  }

  get inFlight(): number {
    return this.#acks.size;
  }

  send({ id }: CommandToSend, acked: () => void): boolean {
    this.sent.push(id);
    this.#acks.set(id, acked);
    return true;
  }

  ack(commandId: string): void {
    const acked = this.#acks.get(commandId)!;
    this.#acks.delete(commandId);
    acked();
  }
}

const skipped = new SkippedRecords({
  metrics: createMetrics({ service: "gateway", processMetrics: false }),
  logger: silentLogger,
  reader: "gateway",
});
const folded = new FoldedEvents({ topics: topicNames(), partitions: 4, skipped });

async function appended(log: EventLog, [range]: Awaited<ReturnType<EventLog["append"]>>): Promise<LogRecord[]> {
  const { partition, baseOffset: fromOffset } = range!;
  const records: LogRecord[] = [];
  for await (const batch of log.read(topic, partition, { fromOffset })) records.push(...batch.records);
  return records;
}

describe("the dispatcher of commands", () => {
  let folder: string;
  let log: EventLog;
  let book: CountingBook;
  let dispatcher: CommandDispatcher;
  /** What the registry says of every device. */
  let incarnation: Incarnation | undefined;
  beforeEach(async () => {
    incarnation = undefined;
    folder = await mkdtemp(join(tmpdir(), "dispatcher-"));
    log = await openEmbeddedLog({ dataDir: join(folder, "log") });
    await log.ensureTopics(topicSpecs(4));
    book = new CountingBook({ log, topic, file: join(folder, "commands.sqlite"), logger: silentLogger, folded });
    dispatcher = new CommandDispatcher({
      log,
      topic,
      book,
      // What it says of deliveries goes nowhere here.
      recordWriter: { command: () => {} } as unknown as RecordWriter,
      incarnationOf: () => incarnation,
      gateway: "g",
      inFlight: 1,
      metrics: gatewayMetrics(createMetrics({ service: "gateway", processMetrics: false })),
      logger: silentLogger,
    });
    await book.start();
    dispatcher.start();
  });
  afterEach(async () => {
    dispatcher.stop();
    await book.stop();
    await log.close();
    await rm(folder, { recursive: true, force: true });
  });

  const request = (
    device: string,
    commandId: string,
    more: { ttlMs?: number; redeliver?: boolean; life?: number } = {},
  ) =>
    log.append(topic, [
      {
        key: device,
        value: events.command.encode({
          commandId,
          device,
          at: nowMicros(),
          requested: { name: "shut", params: "", ttlMs: 60_000, requestedBy: "test", ...more },
        }),
      },
    ]);
  const until = (accept: () => boolean): Promise<boolean> => eventually(accept, Boolean);

  it("ten thousand devices that wait for nothing cost nothing; one with a command costs a few looks", async () => {
    const sessions = Array.from({ length: 10_000 }, (_, i) => new FakeSession(`d-${i}`));
    for (const session of sessions) dispatcher.begin(session);
    book.looks = 0;
    await sleep(1500);
    expect(book.looks).toBe(0);
    await request("d-77", "c-1");
    await until(() => sessions[77]!.sent.length === 1);
    sessions[77]!.ack("c-1");
    await sleep(500);
    expect(book.looks).toBeLessThan(10);
  });

  it("devices that are reached by the same connection get their own commands, and no others", async () => {
    const devices = Array.from({ length: 20 }, (_, index) => `d-${index}`);
    const sessions = devices.map((device) => new FakeSession(device, "bridge"));
    for (const session of sessions) dispatcher.begin(session);
    await Promise.all(devices.map((device) => request(device, `c-${device}`)));
    await eventually(() => expect(sessions.every(({ sent }) => sent.length > 0)).toBe(true));
    expect(sessions.map(({ sent }) => sent)).toEqual(devices.map((device) => [`c-${device}`]));
  });

  it("a claim of another session that is alive is left to it for a while, also if the command may be sent again", async () => {
    const here = new FakeSession("d");
    dispatcher.begin(here);
    await request("d", "c-1", { redeliver: true });
    await until(() => here.sent.length === 1);
    const elsewhere = { gateway: "other", session: "s-other" };
    await log.append(topic, [
      {
        key: "d",
        value: events.command.encode({ commandId: "c-1", device: "d", at: nowMicros(), claimed: elsewhere }),
      },
    ]);
    await request("d", "c-2");
    await sleep(300);
    expect(here.sent).toEqual(["c-1"]);
    // A session that begins now finds a claim of one that it cannot be.
    const later = new FakeSession("d", "s-later");
    dispatcher.end(here);
    dispatcher.begin(later);
    await until(() => later.sent.length === 1);
    later.ack("c-1");
    await until(() => later.sent.length === 2);
    expect(later.sent).toEqual(["c-1", "c-2"]);
  });

  it("leaves what was meant for a device that was deleted, and what is meant for one that it does not know yet", async () => {
    const session = new FakeSession("d");
    dispatcher.begin(session);
    const [{ appendTime } = { appendTime: 0 }] = await appended(log, await request("d", "other", { life: 9 }));
    incarnation = { incarnation: 1, incarnationSince: appendTime + 1, erasedBelow: 0, erasedUntil: 0 };
    await request("d", "of-the-first", { life: 1 });
    await request("d", "of-the-third", { life: 3 });
    await request("d", "of-the-second", { life: 2 });
    await until(() => session.sent.length === 1);
    session.ack("of-the-second");
    await request("d", "of-nobody");
    await until(() => session.sent.length === 2);
    session.ack("of-nobody");
    expect(session.sent).toEqual(["of-the-second", "of-nobody"]);
    incarnation = { incarnation: 2, incarnationSince: appendTime + 2, erasedBelow: 0, erasedUntil: 0 };
    dispatcher.devicesChanged(["d"]);
    await until(() => session.sent.length === 3);
    expect(session.sent.at(-1)).toBe("of-the-third");
  });

  it("looks for what was asked for while its book was behind", async () => {
    await book.stop();
    book = new CountingBook({ log, topic, file: join(folder, "second.sqlite"), logger: silentLogger, folded });
    const second = new CommandDispatcher({
      log,
      topic,
      book,
      recordWriter: { command: () => {} } as unknown as RecordWriter,
      incarnationOf: () => undefined,
      gateway: "g2",
      inFlight: 1,
      metrics: gatewayMetrics(createMetrics({ service: "gateway", processMetrics: false })),
      logger: silentLogger,
    });
    await request("d", "c-1");
    second.start();
    const session = new FakeSession("d");
    second.begin(session);
    expect(book.caughtUp).toBe(false);
    await book.start();
    await until(() => session.sent.length === 1);
    second.stop();
  });

  it("takes a reply to a command that it does not know while its book is behind, and none afterwards", async () => {
    await book.stop();
    book = new CountingBook({ log, topic, file: join(folder, "second.sqlite"), logger: silentLogger, folded });
    const written: string[] = [];
    const replies = new CommandReplies({
      book,
      recordWriter: {
        command: ({ device, commandId }: { device: string; commandId: string }) =>
          written.push(`${device} ${commandId}`),
      } as unknown as RecordWriter,
      metrics: gatewayMetrics(createMetrics({ service: "gateway", processMetrics: false })),
      logger: silentLogger,
    });
    await request("d", "c-1");
    const payload = Buffer.from('{"status":"succeeded"}');
    const acknowledgement = { callback: undefined, owner: undefined, packetId: 1 };
    const reply = (device: string, id: string) => replies.reply(device, id, payload, acknowledgement);
    expect(reply("d", "c-1")).toBeUndefined();
    expect(reply("d", "c".repeat(1000))).toMatch(/not known/);
    // What correlation data names is taken at its word if it has the form of an id.
    const ids = ["7c9e6679-7425-40de-944b-e07fc1f90ae7", "its own"];
    expect(ids.map((id) => replies.isCommandOf("d", id))).toEqual([true, false]);
    await book.start();
    await until(() => book.caughtUp && book.get("c-1") !== undefined);
    expect([reply("d", "c-1"), reply("e", "c-1"), reply("d", "c-2")]).toEqual([
      undefined,
      expect.stringMatching(/not known/),
      expect.stringMatching(/not known/),
    ]);
    expect(written).toEqual(["d c-1", "d c-1"]);
    expect(ids.map((id) => replies.isCommandOf("d", id))).toEqual([false, false]);
    expect(["d", "e"].map((device) => replies.isCommandOf(device, "c-1"))).toEqual([true, false]);
  });
});
