import { partitionFor } from "@headwater/event-log";
import { events } from "@headwater/proto";
import { describe, expect, it } from "vitest";
import { FrameBatch } from "../frame/frame-batch.ts";
import { frameKinds } from "../frame/frame.ts";
import { Lanes } from "../lanes/lanes.ts";
import { scanFrames } from "./lane-scan.ts";

const partitions = 4;
const before = { gateway: "gw", epoch: 7, clock: 0, lanes: [] };
const header = { state: before, seed: 0x5eed, length: 0 };

type Gap = { readonly fromN: number; readonly toN: number; readonly reason: string; readonly dropped?: number };

/** The frames of a segment, and how the lanes stand behind them. */
function written(kinds: readonly ("event" | "mark" | "presence" | Gap)[], partition = 1) {
  const lanes = new Lanes(before, partitions);
  const batch = new FrameBatch(lanes.state, Buffer.alloc(64 * 1024), "bytes", header.seed);
  const device = ["a", "b", "c", "d", "e", "f", "g", "h"].find((id) => partitionFor(id, partitions) === partition)!;
  const starts: number[] = [];
  for (const kind of kinds) {
    starts.push(batch.size);
    if (kind === "presence") {
      batch.begin(frameKinds.presence, partition, 0, Buffer.from(device), '{"ce_type":"x"}');
      batch.writer.raw(Buffer.from("who"));
    } else {
      const n = lanes.of(partition).next();
      const identity = { gateway: "gw", epoch: 7, n, receivedAt: lanes.clock.take(), eventTime: 1 };
      const value =
        kind === "event"
          ? { ...identity, device, readings: [{ metric: "t", number: 21.5 }] }
          : kind === "mark"
            ? { ...identity, mark: { received: n - 1, dropped: 0, drops: [] } }
            : { ...identity, gap: kind };
      const frameKind = frameKinds[typeof kind === "string" ? kind : "gap"];
      batch.begin(frameKind, partition, n, kind === "event" ? Buffer.from(device) : Buffer.alloc(0));
      batch.writer.raw(events.telemetry.encode(value));
    }
    batch.end();
  }
  return { bytes: Buffer.from(batch.bytes), starts, given: lanes.all.map(({ n }) => n) };
}

const segments = [
  ["an event", ["event", "event", "event"]],
  ["the first event of its lane", ["event"]],
  ["an event after presence", ["event", "presence", "event"]],
  ["a mark", ["event", "event", "mark"]],
  ["presence", ["event", "event", "presence"]],
] as const;

describe("the newest segment, with nothing else to tell how the lanes stood", () => {
  it.each(segments)("never gives an identity out twice, whichever byte of %s at its end flipped", async (_, kinds) => {
    const { bytes, starts, given } = written(kinds);
    const again: string[] = [];
    let same = 0;
    for (let at = starts.at(-1)!; at < bytes.length; at += 1) {
      for (const flip of [1, 2, 4, 8, 16, 32, 64, 128, 0x41, 0xff, bytes[at]!]) {
        if (flip === 0) continue;
        const damaged = Buffer.from(bytes);
        damaged[at]! ^= flip;
        const scan = await scanFrames(damaged, header, partitions);
        if (scan.unaccounted) continue;
        same += 1;
        const found = scan.state.lanes.map(({ n }) => n);
        if (found.some((n, partition) => n !== given[partition])) again.push(`byte ${at} by ${flip}: ${found.join()}`);
        if (!scan.damaged) again.push(`byte ${at} by ${flip}: not kept`);
      }
    }
    expect(again).toEqual([]);
    // Most of an event is its value: there a gap is named and the epoch goes on.
    if (kinds.at(-1) === "event") expect(same).toBeGreaterThan(50);
  });

  it("never gives an identity out twice when an event before the unfinished end is damaged too", async () => {
    const { bytes, starts, given } = written(["event", "event", "event"]);
    for (let at = starts[1]!; at < starts[2]!; at += 1) {
      for (const cut of [1, 5, 9, 15, 30]) {
        const damaged = Buffer.from(bytes.subarray(0, starts[2]! + cut));
        damaged[at]! ^= 0x10;
        const scan = await scanFrames(damaged, header, partitions);
        if (!scan.unaccounted) expect([at, cut, scan.state.lanes[1]!.n]).toEqual([at, cut, given[1]! - 1]);
      }
    }
  });

  it("counts the events of a gap record, not the identities, where its mark was cut off", async () => {
    const account = async (...kinds: Parameters<typeof written>[0]) => {
      const { bytes } = written(kinds);
      const { received, dropped } = (await scanFrames(bytes, header, partitions)).state.lanes[1]!;
      return { received, dropped };
    };
    const reason = "drop-oldest";
    expect(await account("event", { fromN: 1, toN: 3, reason, dropped: 1 })).toEqual({
      received: 1,
      dropped: { [reason]: 1 },
    });
    // Of an earlier version, which did not say: at most all of them.
    expect((await account({ fromN: 1, toN: 3, reason })).dropped).toEqual({ [reason]: 3 });
    // These have no record of their own in which they were counted as received.
    expect(await account("event", { fromN: 2, toN: 4, reason: "drop-newest", dropped: 3 })).toEqual({
      received: 4,
      dropped: { "drop-newest": 3 },
    });
  });

  it("counts an event as received whose frame is damaged and still says who it is", async () => {
    const { bytes, starts } = written(["event", "event"]);
    // In the value, so that the key and its partition vouch for the identity.
    bytes[bytes.length - 4]! ^= 0x10;
    expect(starts).toHaveLength(2);
    const scan = await scanFrames(bytes, header, partitions);
    expect([scan.unaccounted, scan.state.lanes[1]!.n, scan.state.lanes[1]!.received]).toEqual([false, 2, 2]);
  });

  it.each(segments)("gives what was cut off out anew, when %s was being written", async (_, kinds) => {
    const { bytes, starts } = written(kinds);
    const { given } = written(kinds.slice(0, -1));
    for (let cut = starts.at(-1)! + 1; cut < bytes.length; cut += 1) {
      const scan = await scanFrames(bytes.subarray(0, cut), header, partitions);
      expect([cut, scan.unaccounted, scan.damaged, scan.end]).toEqual([cut, false, false, starts.at(-1)]);
      expect(scan.state.lanes.map(({ n }) => n)).toEqual(given);
    }
  });
});
