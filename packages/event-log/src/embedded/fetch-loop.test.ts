import { silentLogger } from "@headwater/core";
import { expect, it } from "vitest";
import { PartitionBuffer } from "../delivery/partition-buffer.ts";
import { Catalog } from "./catalog.ts";
import { FetchLoop, type FetchTarget } from "./fetch-loop.ts";
import { LogGroupCommit } from "./log-group-commit.ts";
import type { LogWorkerClient } from "./log-worker-client.ts";
import type { CommitPart, FetchAnswer, Wanted } from "./worker-protocol.ts";

/** A log whose worker takes every commit and has nothing to fetch. */
function logUnderTest(topics: Record<string, number>) {
  const catalog = new Catalog();
  const names = Object.entries(topics).flatMap(([topic, count]) =>
    [...Array(count).keys()].map((p) => [topic, p] as const),
  );
  catalog.learn(names.map(([topic, partition], id) => ({ id, topic, partition, compact: false, start: 0, end: 0 })));
  const fetched: string[][] = [];
  const request = (name: string, body: { parts?: CommitPart[]; wanted?: Wanted[] }): Promise<unknown> => {
    if (name === "commit") return Promise.resolve({ baseOffsets: body.parts!.map(({ id }) => catalog.byId(id).end) });
    fetched.push(body.wanted!.map(({ id }) => `${catalog.byId(id).topic}/${catalog.byId(id).partition}`));
    const partitions = body.wanted!.map(({ id }) => ({
      id,
      start: catalog.byId(id).end,
      end: catalog.byId(id).end,
      batches: [],
    }));
    return Promise.resolve({ partitions, buffer: new ArrayBuffer(0) } satisfies FetchAnswer);
  };
  const worker = { request } as unknown as LogWorkerClient;
  return { catalog, worker, fetched, commits: new LogGroupCommit(worker, catalog, 1000, 0) };
}

function readerOf(
  buffers: readonly PartitionBuffer[],
): FetchTarget & { looks: number; buffers: () => readonly PartitionBuffer[] } {
  const reader = {
    looks: 0,
    buffers() {
      reader.looks += 1;
      return buffers;
    },
    delivered() {},
    fail(error: unknown) {
      throw error;
    },
  };
  return reader;
}

it("an append to a partition wakes the consumers that read it, and no other", async () => {
  const { catalog, worker, fetched, commits } = logUnderTest({ telemetry: 3, alerts: 3 });
  const everything = readerOf(
    ["telemetry", "alerts"].flatMap((topic) => [0, 1, 2].map((partition) => new PartitionBuffer(topic, partition, 0))),
  );
  const first = readerOf([new PartitionBuffer("telemetry", 0, 0)]);
  const second = readerOf([new PartitionBuffer("telemetry", 1, 0)]);
  const alerts = readerOf([0, 1, 2].map((partition) => new PartitionBuffer("alerts", partition, 0)));
  const readers = [everything, first, second, alerts];
  const loops = readers.map((reader) => new FetchLoop(worker, catalog, reader, silentLogger));
  for (const loop of loops) loop.wake();
  await new Promise(setImmediate);
  for (const reader of readers) reader.looks = 0;

  await commits.append("telemetry", [{ key: null, value: Uint8Array.of(1), partition: 1 }]);
  await new Promise(setImmediate);

  expect(fetched).toEqual([["telemetry/1"], ["telemetry/1"]]);
  expect(readers.map(({ looks }) => looks > 0)).toEqual([true, false, true, false]);
  await Promise.all(loops.map((loop) => loop.stop()));
});

it("a consumer that gains and loses partitions is woken by those that it has", async () => {
  const { catalog, worker, fetched, commits } = logUnderTest({ telemetry: 2 });
  const partitions = [0, 1].map((partition) => new PartitionBuffer("telemetry", partition, 0));
  let owned: readonly PartitionBuffer[] = [];
  const member = readerOf([]);
  const loop = new FetchLoop(worker, catalog, { ...member, buffers: () => owned }, silentLogger);
  const appendTo = async (partition: number): Promise<void> => {
    await commits.append("telemetry", [{ key: null, value: Uint8Array.of(1), partition }]);
    await new Promise(setImmediate);
  };
  loop.wake();

  owned = [partitions[0]!];
  loop.wake();
  await appendTo(1);
  expect(fetched).toEqual([]);
  await appendTo(0);
  expect(fetched).toEqual([["telemetry/0"]]);

  owned = partitions;
  loop.wake();
  await new Promise(setImmediate);
  expect(fetched).toEqual([["telemetry/0"], ["telemetry/1"]]);

  owned = [partitions[1]!];
  await appendTo(0);
  await appendTo(1);
  expect(fetched.slice(2)).toEqual([["telemetry/1"]]);
  await loop.stop();
});
