import { events } from "@headwater/proto";
import { LogUnavailableError } from "@headwater/event-log";
import { readdir, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ByteWriter } from "@headwater/proto/telemetry";
import { beginFrame, endFrame, frameHeaderBytes, frameKinds, noSeed, readFrame } from "../src/pipeline/frame/frame.ts";
import { decodeSegmentHeader, encodeSegmentHeader } from "../src/pipeline/spool/segment.ts";
import { startFaultyLog, type FaultyLog } from "./faulty-log.ts";
import { eventually } from "@headwater/testkit/eventually";
import { GatewayUnderTest, topics } from "./gateway-under-test.ts";

const sent = 40;

/** A spool of a gateway that was stopped in order, with one file in which there are forty events. */
describe("a spool file that was damaged while the gateway was down", () => {
  let gateway: GatewayUnderTest;
  let log: FaultyLog;
  let file: string;
  let bytes: Buffer;
  /** Where each event begins and ends. */
  let frames: { start: number; end: number; number: number }[];

  beforeEach(async () => {
    log = await startFaultyLog();
    // Not even a mark is forwarded before the damage, however long the rest takes.
    log.failWith(() => new LogUnavailableError("away"), topics.telemetry);
    gateway = await GatewayUnderTest.start({}, { durable: "spool", log: log.log, stopWithinMs: 1000 });
    const token = await gateway.register("d");
    const device = await gateway.connect("d", token);
    log.failWith(() => new LogUnavailableError("away"));
    for (let i = 0; i < sent; i += 1) {
      await device.publishAsync("devices/d/telemetry", `{"i":${i},"pad":"${"x".repeat(50)}"}`, { qos: 1 });
    }
    device.end(true);
    await gateway.downGateway();
    const folder = join(gateway.dataDir, "gateway", "spool");
    file = join(
      folder,
      (await readdir(folder)).find((name) => name.endsWith(".segment"))!,
    );
    bytes = await readFile(file);
    frames = [];
    const { length, seed } = decodeSegmentHeader(bytes);
    for (let at = length; at < bytes.length;) {
      const frame = readFrame(bytes, at, seed);
      if (typeof frame === "string") break;
      if (frame.kind === frameKinds.event) {
        frames.push({ start: at, end: frame.end, number: events.telemetry.decode(frame.value).readings[0]!.number! });
      }
      at = frame.end;
    }
    expect(frames).toHaveLength(sent);
    log.heal();
  });
  afterEach(async () => {
    await gateway.stop();
    await log.remove();
  });

  const flip = async (at: number): Promise<void> => {
    bytes[at]! ^= 0x41;
    await writeFile(file, bytes);
  };
  const there = async () => (await gateway.events()).map(({ readings }) => readings[0]!.number!);
  const gaps = async () => (await gateway.telemetry()).flatMap(({ gap }) => (gap === null ? [] : [gap]));
  const setAside = async () =>
    (await readdir(join(gateway.dataDir, "gateway", "spool"))).filter((name) => name.endsWith(".corrupt"));
  const numbers = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);
  /**
   * Starts again; all events but the lost ones arrive in order, and every identity is there or named, exactly one of
   * them.
   */
  const expectAllBut = async (lost: readonly number[]): Promise<void> => {
    await gateway.upGateway();
    const wanted = numbers(0, sent).filter((i) => !lost.includes(i));
    expect(await eventually(there, (all) => all.length >= wanted.length)).toEqual(wanted);
    if (lost.length > 0) {
      const reasons = async () => (await gaps()).map(({ reason }) => reason);
      expect(await eventually(reasons, (all) => all.includes("corrupt"))).toContain("corrupt");
    }
    const problems = await eventually(
      () => unnamed(),
      (found) => found.length === 0,
    );
    expect(problems).toEqual([]);
    if (lost.length === 0) expect(await gaps()).toEqual([]);
    expect(new Set((await gateway.telemetry()).map(({ epoch }) => epoch)).size).toBe(1);
  };
  const unnamed = async (): Promise<string[]> => {
    const problems: string[] = [];
    for (const { partition } of await gateway.log.positions(topics.telemetry)) {
      const known = new Set<number>();
      let last = 0;
      for await (const batch of gateway.log.read(topics.telemetry, partition)) {
        for (const { value } of batch.records) {
          const { n, gap } = events.telemetry.decode(value!);
          if (n < last) problems.push(`${partition}: ${n} after ${last}`);
          last = Math.max(last, n);
          known.add(n);
          for (let each = gap?.fromN ?? 1; each <= (gap?.toN ?? 0); each += 1) known.add(each);
        }
      }
      for (let n = 1; n <= last; n += 1) if (!known.has(n)) problems.push(`${partition}: ${n}`);
    }
    return problems;
  };

  it("in the header of the file: the second copy counts, nothing is lost", async () => {
    await flip(20);
    await expectAllBut([]);
  });

  it("in both copies of the header: the frames are found all the same", async () => {
    await flip(20);
    await flip(decodeSegmentHeader(bytes).length / 2 + 40);
    expect(() => decodeSegmentHeader(bytes)).toThrow();
    await expectAllBut([]);
  });

  it("in the payload of one frame", async () => {
    await flip(frames[10]!.end - 5);
    await expectAllBut([10]);
    expect(await setAside()).toHaveLength(1);
  });

  it("around a payload that is a whole frame of another device: what the device wrote is believed by nobody", async () => {
    const { seed } = decodeSegmentHeader(bytes);
    const { start, end } = frames[10]!;
    // A frame as a device can make it: everything right but the seed, which it does not know.
    const writer = new ByteWriter(Buffer.alloc(256));
    const at = beginFrame(writer, frameKinds.command, 0, 0, Buffer.from("d"), "{}");
    writer.raw(Buffer.from("forged"));
    endFrame(writer, at, noSeed);
    const forged = writer.bytes.subarray(0, writer.position);
    expect(forged.length).toBeLessThan(end - start - 20);
    bytes.set(forged, end - forged.length);
    bytes[start]! ^= 0x41;
    await writeFile(file, bytes);
    expect(seed).not.toBe(noSeed);
    await expectAllBut([10]);
    expect(await gateway.records(topics.commands)).toEqual([]);
  });

  it("in both copies of the header, with a whole header and a frame in a payload", async () => {
    await flip(20);
    await flip(decodeSegmentHeader(bytes).length / 2 + 40);
    const { start, end } = frames[10]!;
    const forged = encodeSegmentHeader({ gateway: "gw", epoch: 1, clock: 0, lanes: [] }, noSeed);
    bytes.set(forged.subarray(0, Math.min(forged.length / 2, end - start - 20)), start + 20);
    await writeFile(file, bytes);
    expect(() => decodeSegmentHeader(bytes)).toThrow();
    await expectAllBut([10]);
  });

  it("in the header of one frame", async () => {
    await flip(frames[20]!.start + 1);
    await expectAllBut([20]);
  });

  it("in the length of one frame", async () => {
    await flip(frames[20]!.start + 3);
    await expectAllBut([20]);
  });

  it("in the last frames, payload and header", async () => {
    await flip(frames[sent - 2]!.end - 5);
    await flip(frames[sent - 1]!.start);
    await flip(frames[sent - 1]!.start + frameHeaderBytes + 4);
    await expectAllBut([sent - 2, sent - 1]);
  });

  it("cut off in the middle of a frame", async () => {
    await truncate(file, frames[25]!.start + 30);
    await expectAllBut(numbers(25, sent));
  });

  it("cut off between two frames", async () => {
    await truncate(file, frames[30]!.start);
    await expectAllBut(numbers(30, sent));
  });

  it("cut off to nothing", async () => {
    await truncate(file, 0);
    await expectAllBut(numbers(0, sent));
  });

  it("in the note of how far it was forwarded: it is sent again from the start", async () => {
    await writeFile(join(gateway.dataDir, "gateway", "spool", "forwarded.json"), '{"forwarded": 17');
    await expectAllBut([]);
  });

  it("by a few bits in that note, which then says that more was forwarded: all is sent again", async () => {
    const note = join(gateway.dataDir, "gateway", "spool", "forwarded.json");
    const text = await readFile(note, "utf8");
    // The digits up to 3 and those that are greater by 4 differ in one bit.
    const flipped = text.replace(/"lanes":\[[\d,]*\]/, (lanes) =>
      lanes.replaceAll(/[0-3]/g, (digit) => String(Number(digit) + 4)),
    );
    expect(flipped).not.toBe(text);
    await writeFile(note, flipped);
    await expectAllBut([]);
  });

  it("in that its segments are gone and the note is not: what comes then is forwarded", async () => {
    const folder = join(gateway.dataDir, "gateway", "spool");
    for (const name of await readdir(folder)) if (name.endsWith(".segment")) await rm(join(folder, name));
    // As after some weeks.
    const note = join(folder, "forwarded.json");
    const text = (await readFile(note, "utf8")).split("\n")[0]!;
    await writeFile(note, text.replaceAll('"segment":1,', '"segment":40,'));
    await gateway.upGateway();
    const device = await gateway.connect("d", await gateway.register("d", 2));
    await device.publishAsync("devices/d/telemetry", '{"i":77}', { qos: 1 });
    expect(await eventually(there, (all) => all.includes(77))).toContain(77);
  });

  it("in that note and in both copies of the header: the bytes are set aside, the frames are found, a new epoch begins", async () => {
    await writeFile(join(gateway.dataDir, "gateway", "spool", "forwarded.json"), "");
    await flip(20);
    await flip(decodeSegmentHeader(bytes).length / 2 + 40);
    await gateway.upGateway();
    expect(await eventually(there, (all) => all.length >= sent)).toEqual(numbers(0, sent));
    expect(await setAside()).toHaveLength(1);
    const epochs = async () => new Set((await gateway.telemetry()).map(({ epoch }) => epoch)).size;
    expect(await eventually(epochs, (count) => count === 2)).toBe(2);
  });

  it("in the journal of QoS 2: what can be read of it counts", async () => {
    await writeFile(join(gateway.dataDir, "gateway", "qos2.journal"), Buffer.from([0xff, 0x00, 0x7b, 0x0a, 0x41]));
    await expectAllBut([]);
  });
});

describe("the end of the spool damaged after a kill", () => {
  it("what may have been given out is not given out again: a new epoch begins, and all that is sound arrives", async () => {
    const log = await startFaultyLog();
    const gateway = await GatewayUnderTest.start({}, { durable: "spool", log: log.log, stopWithinMs: 1000 });
    try {
      const token = await gateway.register("d");
      const device = await gateway.connect("d", token);
      log.failWith(() => new LogUnavailableError("away"));
      for (let i = 0; i < 10; i += 1) await device.publishAsync("devices/d/telemetry", `{"i":${i}}`, { qos: 1 });
      device.end(true);
      await gateway.downGateway();
      const folder = join(gateway.dataDir, "gateway", "spool");
      // As after a kill: nothing says how the lanes stood.
      await writeFile(join(folder, "forwarded.json"), "");
      const file = join(
        folder,
        (await readdir(folder)).find((name) => name.endsWith(".segment"))!,
      );
      const bytes = await readFile(file);
      const last = bytes.lastIndexOf(Buffer.from([0x0a, 0x01, 0x69]));
      const start = bytes.lastIndexOf(Buffer.from([0x48, 0x57]), last);
      bytes[start] = 0;
      await writeFile(file, bytes.subarray(0, last + 20));
      log.heal();
      await gateway.upGateway();
      const again = await gateway.connect("d", token);
      await again.publishAsync("devices/d/telemetry", '{"i":10}', { qos: 1 });
      const all = await eventually(
        async () => (await gateway.events()).map(({ readings }) => readings[0]!.number!),
        (numbers) => numbers.length === 10,
      );
      expect(all).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 10]);
      expect(new Set((await gateway.events()).map(({ epoch }) => epoch)).size).toBe(2);
    } finally {
      await gateway.stop();
      await log.remove();
    }
  });
});
