import { LogUnavailableError, partitionFor } from "@headwater/event-log";
import { open, readdir, readFile, stat, truncate } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { eventually } from "@headwater/testkit/eventually";
import { laneProblems, partitions } from "./gateway-under-test.ts";
import { numbers, publish, SpoolScene } from "./spool-scene.ts";

const partitionOfD = partitionFor("d", partitions);

describe.each([4, 5] as const)("a spool whose files are damaged, of clients of MQTT %i", (protocolVersion) => {
  const scene = new SpoolScene();
  afterEach(() => scene.down());

  it("a torn end is cut off and what came before is kept", async () => {
    await scene.up();
    const device = await scene.gateway.connectDevice("d", { protocolVersion });
    scene.log.failWith(() => new LogUnavailableError("away"));
    await publish(device, 0, 20);
    await scene.gateway.downGateway();
    const file = join(scene.spoolDir, (await scene.segments()).at(-1)!);
    const { size } = await stat(file);
    const handle = await open(file, "a");
    await handle.write((await readFile(file)).subarray(size - 40, size - 7));
    await handle.close();
    scene.log.heal();
    await scene.gateway.upGateway();
    expect(await scene.values(20)).toEqual(numbers(0, 20));
    expect(await laneProblems(scene.gateway.log)).toEqual([]);
  });

  it("a corrupt range in the middle is kept apart and reported as a gap; all else arrives", async () => {
    await scene.up();
    const device = await scene.gateway.connectDevice("d", { protocolVersion });
    scene.log.failWith(() => new LogUnavailableError("away"));
    for (let i = 0; i < 30; i += 1) await publish(device, i, i + 1);
    await scene.gateway.downGateway();
    const file = join(scene.spoolDir, (await scene.segments())[0]!);
    const bytes = await readFile(file);
    const at = bytes.lastIndexOf(Buffer.from([0x0a, 0x01, 0x69]), bytes.length - 200);
    const handle = await open(file, "r+");
    await handle.write(Buffer.from([0xff]), 0, 1, at);
    await handle.close();
    scene.log.heal();
    await scene.gateway.upGateway();
    const seen = await scene.values(29);
    expect(seen.length).toBe(29);
    const gaps = await eventually(
      async () => (await scene.gateway.telemetry()).flatMap(({ gap }) => (gap === null ? [] : [gap])),
      (all) => all.length > 0,
    );
    expect(gaps).toMatchObject([{ reason: "corrupt" }]);
    const named = new Set([
      ...(await scene.gateway.telemetry()).map(({ n, device: of }) => (of === "d" ? n : 0)),
      gaps[0]!.fromN,
    ]);
    expect(named.has(gaps[0]!.toN)).toBe(true);
    expect((await readdir(scene.spoolDir)).some((name) => name.endsWith(".corrupt"))).toBe(true);
    expect(await scene.gateway.metric("headwater_gateway_dropped_total", "corrupt")).toBe(1);
  });

  it("an end whose last frame is corrupt gives up that identity", async () => {
    await scene.up();
    const device = await scene.gateway.connectDevice("d", { protocolVersion });
    scene.log.failWith(() => new LogUnavailableError("away"));
    await publish(device, 0, 10);
    device.end(true);
    await scene.gateway.downGateway();
    const file = join(scene.spoolDir, (await scene.segments()).at(-1)!);
    const bytes = await readFile(file);
    // The last event; what follows it (the end of the session, marks) is cut off with it.
    const at = bytes.lastIndexOf(Buffer.from([0x0a, 0x01, 0x69]));
    await truncate(file, at + 12);
    const handle = await open(file, "r+");
    await handle.write(Buffer.from([0x7e]), 0, 1, at + 2);
    await handle.close();
    scene.log.heal();
    await scene.gateway.upGateway();
    expect(await scene.values(9)).toEqual(numbers(0, 9));
    // The lane's next record, which shows the hole, and the gap record that names it come one after the other.
    await eventually(async () => {
      const holes = (await laneProblems(scene.gateway.log)).filter((each) => each.includes(`/${partitionOfD}: `));
      expect(holes).toHaveLength(1);
      const all = await scene.gateway.telemetry();
      const gaps = all.flatMap(({ gap }) => (gap === null ? [] : [gap]));
      expect(gaps.map((gap) => gapLane(gap, all))).toContain(holes[0]);
      // Marks of other lanes may have been cut off with it.
      expect(gaps.every(({ reason }) => reason === "corrupt")).toBe(true);
    });
  });
});

/** How the checker names the hole that the gap record is about. */
function gapLane(
  gap: { fromN: number; toN: number },
  all: readonly { gateway: string; epoch: number; n: number; gap: unknown }[],
): string {
  const record = all.find((each) => each.gap !== null)!;
  return `${record.gateway}/${record.epoch}/${partitionOfD}: ${gap.toN + 1} after ${gap.fromN - 1}`;
}
