import type { Forwarder } from "../pipeline/forward/forwarder.ts";
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Frame } from "../pipeline/frame/frame.ts";
import type { SpoolPlace } from "../pipeline/spool/position-file.ts";
import { readSegmentRange } from "../pipeline/spool/read-segment-range.ts";
import type { Spool } from "../pipeline/spool/spool.ts";
import { kindNames, kindOf, receivedAtOf, type KindName } from "./spooled-record.ts";

export interface Spooling {
  readonly spool: Spool;
  readonly forwarder: Forwarder;
}

export interface Backlog {
  readonly device: string;
  readonly records: number;
  readonly bytes: number;
}

export interface Survey {
  /** Records that wait for the log, and their bytes. */
  readonly records: number;
  readonly bytes: number;
  /** When the oldest of them was received (microseconds). */
  readonly oldestAt: number | undefined;
  readonly kinds: Readonly<Record<KindName, number>>;
  /** The largest first. */
  readonly devices: readonly Backlog[];
  /** How many devices have records that wait. */
  readonly deviceCount: number;
  /** Files with the bytes that could not be read. */
  readonly corrupt: readonly { readonly file: string; readonly bytes: number }[];
}

const chunkBytes = 512 * 1024;
/** More devices are counted together, under no name. */
const maxDevices = 100_000;

/**
 * Every record in the spool, the forwarded ones that are still kept too if `all`, in chunks between which others get
 * their turn.
 */
export async function* spooledFrames(
  { spool, forwarder }: Spooling,
  all: boolean,
  signal: AbortSignal,
): AsyncGenerator<readonly { frame: Frame; at: SpoolPlace }[]> {
  const done = forwarder.lanesDone;
  let place: SpoolPlace = all ? { segment: 0, offset: 0 } : forwarder.place;
  while (!signal.aborted) {
    const range = await readSegmentRange(spool.files, place, chunkBytes);
    if (range === undefined) return;
    const { segment, frames, offsets } = range;
    const placed = frames.map((frame, index) => ({ frame, at: { segment, offset: offsets[index]! } }));
    yield all ? placed : placed.filter(({ frame }) => frame.n === 0 || frame.n > (done[frame.partition] ?? 0));
    place = range.end;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** Counts the records that wait: for the `top` devices with the most of them, or for `device` alone. */
export async function surveySpool(
  spooling: Spooling,
  { top, device, signal }: { readonly top: number; readonly device: string | undefined; readonly signal: AbortSignal },
): Promise<Survey> {
  const backlogs = new Map<string, { device: string; records: number; bytes: number }>();
  const kinds = Object.fromEntries(kindNames.map((name) => [name, 0])) as Record<KindName, number>;
  let records = 0;
  let bytes = 0;
  let oldestAt: number | undefined;
  for await (const frames of spooledFrames(spooling, false, signal)) {
    for (const { frame } of frames) {
      oldestAt ??= receivedAtOf(frame);
      const { size } = frame;
      records += 1;
      bytes += size;
      kinds[kindOf(frame)] += 1;
      if (frame.key.length === 0) continue;
      const name = frame.key.toString();
      if (device !== undefined && name !== device) continue;
      const backlog = backlogs.get(name);
      if (backlog !== undefined) {
        backlog.records += 1;
        backlog.bytes += size;
      } else if (backlogs.size < maxDevices) backlogs.set(name, { device: name, records: 1, bytes: size });
    }
  }
  const devices = [...backlogs.values()].toSorted((a, b) => b.records - a.records || a.device.localeCompare(b.device));
  return {
    ...{ records, bytes, oldestAt, kinds },
    devices: devices.slice(0, top),
    deviceCount: devices.length,
    corrupt: await corruptFiles(spooling.spool.directory),
  };
}

async function corruptFiles(directory: string): Promise<Survey["corrupt"]> {
  const files = (await readdir(directory)).filter((name) => name.endsWith(".corrupt"));
  return Promise.all(files.map(async (file) => ({ file, bytes: (await stat(join(directory, file))).size })));
}
