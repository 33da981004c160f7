import { events } from "@headwater/proto";
import { silentLogger } from "@headwater/core";
import { mkdtemp, readFile, rm, truncate } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { eventually } from "@headwater/testkit/eventually";
import { FrameBatch } from "../frame/frame-batch.ts";
import { Lanes } from "../lanes/lanes.ts";
import { frameKinds } from "../frame/frame.ts";
import { recoverSpool } from "./recovery.ts";
import { Spool } from "./spool.ts";

const noState = { gateway: "gw", epoch: 7, clock: 0, lanes: [] };

describe("messages of QoS 0 that cause no sync", () => {
  let folder: string;
  let lanes: Lanes;
  let spool: Spool;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "spool-"));
    lanes = new Lanes(noState, 1);
    spool = new Spool({
      ...{ directory: folder, maxBytes: 1 << 30, makesRoom: false, segmentBytes: 1 << 26, segmentMs: Infinity },
      ...{ memoryBytes: 1 << 20, syncAll: false, logger: silentLogger, segments: [], seed: 7, newestKnown: 0 },
    });
    await spool.start(lanes.state);
  });
  afterEach(async () => {
    await spool.close();
    await rm(folder, { recursive: true });
  });

  const batch = (count: number, mustSync: boolean): FrameBatch => {
    const made = new FrameBatch(lanes.state, Buffer.alloc(64 * 1024), "bytes", spool.seed);
    made.mustSync = mustSync;
    for (let i = 0; i < count; i += 1) {
      const n = lanes.of(0).next();
      made.begin(frameKinds.event, 0, n, Buffer.from("d"));
      const times = { receivedAt: lanes.clock.take(), eventTime: 1 };
      made.writer.raw(events.telemetry.encode({ gateway: "gw", epoch: 7, n, device: "d", ...times }));
      made.end();
    }
    return made;
  };
  const file = () => spool.files.fileOf(spool.activeSegment);
  const offered = () => spool.files.sizeOf(spool.activeSegment)!;

  it("are offered to the forwarder only once they are synced, which is soon", async () => {
    const before = offered();
    const committed = vi.fn<() => void>();
    spool.onCommit = committed;
    await spool.write(batch(3, false));
    expect((await readFile(file())).length).toBeGreaterThan(before);
    expect(offered()).toBe(before);
    expect(spool.recent.from(spool.activeSegment, before, 1 << 20)).toEqual([]);
    expect(committed).not.toHaveBeenCalled();
    await eventually(() => expect(committed).toHaveBeenCalledOnce());
    expect(offered()).toBe((await readFile(file())).length);
    expect(spool.recent.from(spool.activeSegment, before, 1 << 20)).toHaveLength(1);
  });

  it("are synced by the next message that has to be, in their order", async () => {
    const before = offered();
    await spool.write(batch(3, false));
    await spool.write(batch(2, true));
    expect(offered()).toBe((await readFile(file())).length);
    expect(spool.recent.from(spool.activeSegment, before, 1 << 20)).toHaveLength(2);
  });

  it("and that the power took were seen by nobody: their identities are given out anew", async () => {
    await spool.write(batch(2, true));
    const synced = offered();
    await spool.write(batch(5, false));
    expect(lanes.of(0).n).toBe(7);
    // The power fails: what was not synced is gone.
    await truncate(file(), synced);
    const { state } = await recoverSpool(folder, 1, { note: undefined, seed: spool.seed }, silentLogger);
    expect(state?.lanes[0]?.n).toBe(2);
    expect(state?.epoch).toBe(7);
    await truncate(file(), synced + 10);
    expect(
      (await recoverSpool(folder, 1, { note: undefined, seed: spool.seed }, silentLogger)).state?.lanes[0]?.n,
    ).toBe(2);
  });
});
