import { setImmediate as turn } from "node:timers/promises";
import { silentLogger } from "@headwater/core";
import { expect, it } from "vitest";
import type { LogRecord } from "../event-log.ts";
import { FollowDelivery } from "./follow-delivery.ts";
import { PartitionBuffer } from "./partition-buffer.ts";

const batches = 12;

function record(offset: number): LogRecord {
  return { offset, appendTime: 0, key: null, value: null, headers: {} };
}

it("others have the event loop while a handler that returns no promise has much to do", async () => {
  const buffers = [0, 1].map((partition) => new PartitionBuffer("telemetry", partition, 0));
  const delivered: number[] = [];
  const delivery = new FollowDelivery(
    {
      topics: ["telemetry"],
      onBatch({ partition }) {
        const until = performance.now() + 4;
        while (performance.now() < until);
        delivered.push(partition);
        // More is there before the handler is done, as with a fetch that was answered.
        if (delivered.length < batches) fill(buffers[partition]!);
      },
    },
    new Map(buffers.map((buffer) => [buffer, 1])),
    { onRoom() {}, onGap() {}, leave: () => Promise.resolve() },
    silentLogger,
  );
  for (const buffer of buffers) fill(buffer);
  delivery.delivered();
  let turns = 0;
  for (; delivered.length < batches; turns += 1) await turn();
  // Each takes 4 ms of 10.
  expect(turns).toBeGreaterThan(2);
  await delivery.close();
});

function fill(buffer: PartitionBuffer): void {
  const offset = buffer.fetchOffset;
  const cursor = {
    ...{ bytes: 1, endOffset: offset + 1, gap: undefined },
    take(into: LogRecord[]) {
      into.push(record(offset));
      return true;
    },
  };
  buffer.push(cursor, offset + 1);
}
