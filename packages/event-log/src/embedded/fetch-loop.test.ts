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
  type Body = { parts?: CommitPart[]; buffer?: ArrayBuffer; wanted?: Wanted[] };
  const request = (name: string, body: Body): Promise<unknown> => {
    if (name === "commit") {
      const baseOffsets = body.parts!.map(({ id }) => catalog.byId(id).end);
      return Promise.resolve({ baseOffsets, lastTime: 0, buffer: body.buffer });
    }
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
): FetchTarget & { looks: number; deliveries: number; buffers: () => readonly PartitionBuffer[] } {
  const reader = {
    looks: 0,
    deliveries: 0,
    buffers() {
      reader.looks += 1;
      return buffers;
    },
    delivered() {
      reader.deliveries += 1;
    },
    fail(error: unknown) {
      throw error;
    },
  };
  return reader;
}

it("what is appended goes to the consumers at the end of its partition, and to no other, without a question", async () => {
  const { catalog, worker, fetched, commits } = logUnderTest({ telemetry: 3, alerts: 3 });
  const everything = ["telemetry", "alerts"].flatMap((topic) =>
    [0, 1, 2].map((partition) => new PartitionBuffer(topic, partition, 0)),
  );
  const first = [new PartitionBuffer("telemetry", 0, 0)];
  const second = [new PartitionBuffer("telemetry", 1, 0)];
  const alerts = [0, 1, 2].map((partition) => new PartitionBuffer("alerts", partition, 0));
  const owned = [everything, first, second, alerts];
  const readers = owned.map((buffers) => readerOf(buffers));
  const loops = readers.map((reader) => new FetchLoop(worker, catalog, reader, silentLogger));
  for (const loop of loops) loop.wake();
  await new Promise(setImmediate);
  for (const reader of readers) reader.looks = 0;
  const append = async (): Promise<void> => {
    await commits.append("telemetry", [{ key: null, value: Uint8Array.of(1), partition: 1 }]);
    await new Promise(setImmediate);
  };

  await append();
  expect(fetched).toEqual([]);
  expect(owned.map((buffers) => buffers.map(({ fetchOffset }) => fetchOffset))).toEqual([
    [0, 1, 0, 0, 0, 0],
    [0],
    [1],
    [0, 0, 0],
  ]);
  expect(readers.map(({ deliveries }) => deliveries)).toEqual([1, 0, 1, 0]);
  expect(readers.map(({ looks }) => looks > 0)).toEqual([true, false, true, false]);

  // Whoever is not through with it has some more of them waiting, and asks the worker for the rest in its own time.
  for (let batches = 2; batches <= 16; batches += 1) await append();
  expect(fetched).toEqual([]);
  expect(second[0]).toMatchObject({ fetchOffset: 16, batches: 16 });
  await append();
  expect(fetched).toEqual([["telemetry/1"], ["telemetry/1"]]);
  await Promise.all(loops.map((loop) => loop.stop()));
});

it("a consumer that gains and loses partitions gets what is appended to those that it has", async () => {
  const { catalog, worker, fetched, commits } = logUnderTest({ telemetry: 2 });
  const partitions = [0, 1].map((partition) => new PartitionBuffer("telemetry", partition, 0));
  const offsets = (): number[] => partitions.map(({ fetchOffset }) => fetchOffset);
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
  expect(offsets()).toEqual([0, 0]);
  await appendTo(0);
  expect([offsets(), fetched]).toEqual([[1, 0], []]);

  owned = partitions;
  loop.wake();
  await new Promise(setImmediate);
  expect(fetched).toEqual([["telemetry/1"]]);

  owned = [partitions[1]!];
  await appendTo(0);
  await appendTo(1);
  expect([offsets(), fetched.slice(1)]).toEqual([[1, 2], []]);
  await loop.stop();
});
