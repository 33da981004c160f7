import { LogUnavailableError, type AppendedRange, type EventLog, type OutgoingRecord } from "@headwater/event-log";
import { silentLogger } from "@headwater/core";
import { events } from "@headwater/proto";
import { eventually } from "@headwater/testkit/eventually";
import { afterEach, expect, it } from "vitest";
import { frameKinds, type Frame } from "../frame/frame.ts";
import { LogHealth } from "./log-health.ts";
import { PartitionSender } from "./partition-sender.ts";

const closing = new AbortController();
afterEach(() => closing.abort());

const frame = (n: number): Frame => ({
  kind: frameKinds.presence,
  partition: 0,
  n,
  key: Buffer.from("d"),
  headers: "{}",
  value: Buffer.from("v"),
  size: 2,
  end: 0,
});

it("keeps what was under way when its segment was given up, and was named in no gap record", async () => {
  const appends: PromiseWithResolvers<readonly AppendedRange[]>[] = [];
  const log = {
    append(_topic: string, _records: readonly OutgoingRecord[]) {
      const append = Promise.withResolvers<readonly AppendedRange[]>();
      appends.push(append);
      return append.promise;
    },
  } as unknown as EventLog;
  const noted: boolean[] = [];
  const sender = new PartitionSender("t", 0, false, {
    log,
    logger: silentLogger,
    health: new LogHealth(),
    receiveTime: () => 0,
    signal: closing.signal,
    onAppended: () => {},
    onMarkAppended: () => {},
    onRefused: () => {},
    onAppendEnded: (_, ok) => noted.push(ok),
    onFault: () => {},
  });
  sender.send([frame(1)], 2, { segment: 1, offset: 900 });
  // Segment 2 is given up while the append has no answer: the record may have landed, so no gap record names it.
  const givenUp = new Set<number>();
  sender.cancelPending(givenUp);
  expect([sender.isBusy, sender.parkedAt]).toEqual([true, undefined]);
  givenUp.add(2);
  appends[0]!.reject(new LogUnavailableError("away"));
  await new Promise((resolve) => setImmediate(resolve));
  // Now it has certainly not landed. The next segment is given up.
  sender.cancelPending(givenUp);
  expect([sender.isBusy, sender.parkedAt]).toEqual([true, undefined]);
  expect([1, 2, 3].map((segment) => sender.isInFlight(segment))).toEqual([false, true, false]);
  await eventually(
    () => appends.length,
    (count) => count === 2,
  );
  appends[1]!.resolve([{ topic: "t", partition: 0, baseOffset: 0, count: 1 }]);
  await eventually(
    () => noted,
    (all) => all.length === 1,
  );
  expect([noted, sender.isBusy]).toEqual([[true], false]);
});

it("a mark says when it was sent, and when that is repeated, when it was sent again", async () => {
  const sent: { receivedAt: number; forwardedAt: number; received: number }[] = [];
  const landed = Promise.withResolvers<void>();
  let now = 7_000_000;
  const log = {
    append(_topic: string, records: readonly OutgoingRecord[]) {
      const { receivedAt, mark } = events.telemetry.decode(records[1]!.value!);
      sent.push({ receivedAt, forwardedAt: mark!.forwardedAt, received: mark!.received });
      expect(records[0]!.value).toEqual(Buffer.from("v"));
      now += 1_000_000;
      return sent.length === 1
        ? Promise.reject(new LogUnavailableError("away"))
        : Promise.resolve([{ topic: "t", partition: 0, baseOffset: 0, count: 2 }]);
    },
  } as unknown as EventLog;
  const sender = new PartitionSender("t", 0, true, {
    log,
    logger: silentLogger,
    health: new LogHealth(),
    receiveTime: () => now,
    signal: new AbortController().signal,
    onAppended: () => {},
    onMarkAppended: () => landed.resolve(),
    onRefused: () => {},
    onAppendEnded: () => {},
    onFault: landed.reject,
  });
  const value = events.telemetry.encode({ gateway: "g", epoch: 1, n: 2, receivedAt: 5_000_000, mark: { received: 3 } });
  sender.send([frame(1), { ...frame(2), kind: frameKinds.mark, value: Buffer.from(value) }], 1, {
    segment: 1,
    offset: 0,
  });
  await landed.promise;
  const common = { receivedAt: 5_000_000, received: 3 };
  expect(sent).toEqual([
    { ...common, forwardedAt: 7_000_000 },
    { ...common, forwardedAt: 8_000_000 },
  ]);
});
