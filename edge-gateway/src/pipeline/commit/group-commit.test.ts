import { silentLogger } from "@headwater/core";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate as turn } from "node:timers/promises";
import { expect, it, onTestFinished } from "vitest";
import type { DurableSink } from "../frame/durable-sink.ts";
import { frameKinds } from "../frame/frame.ts";
import { Lanes } from "../lanes/lanes.ts";
import { Qos2Journal } from "../redelivery/qos2-journal.ts";
import { RecentJournal } from "../redelivery/recent-journal.ts";
import { Spool } from "../spool/spool.ts";
import { calling } from "./acknowledgement.ts";
import { GroupCommit } from "./group-commit.ts";

const maxBytes = 1024 * 1024;
const message = Buffer.alloc(20_000, "x");

it("takes no more than there is room for while a commit is on its way to a slow disk", async () => {
  const folder = await mkdtemp(join(tmpdir(), "group-commit-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const lanes = new Lanes({ gateway: "gw", epoch: 7, clock: 0, lanes: [] }, 1);
  const spool = new Spool({
    ...{ directory: folder, maxBytes, makesRoom: false, segmentBytes: 1 << 26, segmentMs: Infinity },
    ...{ memoryBytes: 1 << 20, syncAll: false, logger: silentLogger, segments: [], seed: 7, newestKnown: 0 },
  });
  await spool.start(lanes.state);
  onTestFinished(() => spool.close());
  const disk = Promise.withResolvers<void>();
  const written: number[] = [];
  const sink: DurableSink = {
    format: spool.format,
    seed: spool.seed,
    hasRoom: (bytes) => spool.hasRoom(bytes),
    async write(batch) {
      written.push(batch.size);
      await disk.promise;
      await spool.write(batch);
    },
  };
  const journal = await Qos2Journal.open({ file: join(folder, "qos2.journal"), logger: silentLogger, lastN: () => 0 });
  const recent = await RecentJournal.open({
    ...{ folder, logger: silentLogger, epoch: 7, sync: false, lastN: () => 0 },
  });
  onTestFinished(() => Promise.all([journal.close(), recent.close()]).then(() => undefined));
  const commit = new GroupCommit({
    ...{ lanes, sink, journal, recent, logger: silentLogger, maxBatchBytes: 8 * maxBytes, lingerMs: 0 },
    ...{ onCommitted: () => undefined, dropsNewest: false },
  });
  let [taken, acknowledged] = [0, 0];
  const take = (most: number): void => {
    for (let i = 0; i < most && commit.hasRoom; i += 1) {
      commit.open.begin(frameKinds.event, 0, lanes.of(0).next(), Buffer.from("d"));
      commit.open.writer.raw(message);
      commit.appendSynced(calling(() => (acknowledged += 1)));
      taken += 1;
    }
  };

  take(20);
  while (written.length === 0) await turn();
  take(100);
  // As many as fit, and the one that goes beyond.
  expect(taken).toBe(Math.floor(maxBytes / message.length) + 1);
  expect(acknowledged).toBe(0);

  disk.resolve();
  await commit.drain();
  expect([acknowledged, spool.isFull, commit.hasRoom]).toEqual([taken, true, false]);
});
