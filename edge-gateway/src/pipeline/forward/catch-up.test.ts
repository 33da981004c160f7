import { LogUnavailableError, type AppendedRange, type EventLog, type OutgoingRecord } from "@headwater/event-log";
import { silentLogger } from "@headwater/core";
import { eventually } from "@headwater/testkit/eventually";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { FrameBatch } from "../frame/frame-batch.ts";
import { frameKinds } from "../frame/frame.ts";
import { Lanes } from "../lanes/lanes.ts";
import { Spool } from "../spool/spool.ts";
import { catchUp } from "./catch-up.ts";
import { LogHealth } from "./log-health.ts";
import { PartitionSender } from "./partition-sender.ts";

it("a sender that is taken back again begins where it was parked, not where another was before it", async () => {
  const folder = await mkdtemp(join(tmpdir(), "catch-up-"));
  const closing = new AbortController();
  onTestFinished(() => rm(folder, { recursive: true }));
  const lanes = new Lanes({ gateway: "gw", epoch: 7, clock: 0, lanes: [] }, 2);
  const spool = new Spool({
    ...{ directory: folder, maxBytes: 1 << 30, makesRoom: false, segmentBytes: 1 << 26, segmentMs: Infinity },
    ...{ memoryBytes: 1 << 20, syncAll: true, logger: silentLogger, segments: [], seed: 7, newestKnown: 0 },
  });
  await spool.start(lanes.state);
  onTestFinished(() => spool.close());
  const segment = spool.activeSegment;
  const here = () => ({ segment, offset: spool.files.sizeOf(segment)! });
  const write = async (partition: number, text: string) => {
    const place = here();
    const batch = new FrameBatch(lanes.state, Buffer.alloc(64 * 1024), "bytes", spool.seed);
    batch.begin(frameKinds.command, partition, 0, Buffer.from("d"));
    batch.writer.raw(Buffer.from(text));
    batch.end();
    await spool.write(batch);
    return place;
  };

  const appended: string[] = [];
  let isAway = true;
  const log = {
    append(_topic: string, records: readonly OutgoingRecord[]): Promise<readonly AppendedRange[]> {
      if (isAway) return Promise.reject(new LogUnavailableError("away"));
      appended.push(...records.map(({ value }) => Buffer.from(value!).toString()));
      return Promise.resolve([]);
    },
  } as unknown as EventLog;
  const senders = [0, 1].map(
    (partition) =>
      new PartitionSender("commands.v1", partition, false, {
        ...{ log, logger: silentLogger, health: new LogHealth(), signal: closing.signal },
        ...{
          receiveTime: () => 0,
          onAppended: () => {},
          onMarkAppended: () => {},
          onRefused: () => {},
          onAppendEnded: () => {},
        },
        onFault: () => {},
      }),
  );
  const catchingUp = () =>
    catchUp(senders, {
      files: spool.files,
      senderOf: ({ partition }) => senders[partition]!,
      gapsOf: () => [],
      head: here,
      woken: () => new Promise((resolve) => setTimeout(resolve, 5)),
      isStuck: () => false,
      signal: closing.signal,
    });

  senders[0]!.parkedAt = await write(0, "of the other");
  // Landed before its partition was away.
  await write(1, "landed");
  const parked = await write(1, "waits");
  senders[1]!.parkedAt = parked;
  const first = catchingUp();
  await eventually(
    () => senders.every(({ isBusy }) => isBusy),
    (busy) => busy,
  );
  // Room is made: what has not landed is taken back from the senders.
  await new Promise((resolve) => setImmediate(resolve));
  for (const sender of senders) sender.cancelPending(new Set());
  expect(senders[1]!.parkedAt).toEqual(parked);
  await first;
  isAway = false;
  await catchingUp();
  expect(appended.toSorted()).toEqual(["of the other", "waits"]);
});
