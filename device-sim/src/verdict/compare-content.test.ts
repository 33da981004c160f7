import { describe, expect, it } from "vitest";
import { MessageLog } from "../load/message-log.ts";
import type { Readings } from "../payloads/payload.ts";
import { compareContent } from "./compare-content.ts";
import type { StoredDevice, StoreReader } from "./readers/reader.ts";

type Point = { time: number; values: Record<string, unknown> };

/** Ten messages of `temperature`, `isOn` and `mode`, a second apart; two without a mode. */
function deviceOf(id: string, startMs: number): StoredDevice & { readonly points: Point[] } {
  const log = new MessageLog(true);
  const points: Point[] = [];
  for (let seq = 1; seq <= 10; seq++) {
    const readings: Readings = [
      ["temperature", 20 + seq / 10],
      ["isOn", seq % 2 === 0],
      ...(seq % 5 === 0 ? [] : [["mode", `m${seq}`] as const]),
    ];
    const time = startMs + seq * 1_000;
    log.add(time, readings);
    log.ack(seq);
    points.push({ time, values: { ...Object.fromEntries(readings), isOn: Number(seq % 2 === 0), seq } });
  }
  return { id, metric: "seq", sent: log.take(), points };
}

function storeOf(devices: readonly { readonly id: string; readonly points: readonly Point[] }[]): StoreReader {
  const pointsOf = new Map(devices.map(({ id, points }) => [id, points]));
  const eachValue: NonNullable<StoreReader["eachValue"]> = async ({ id }, metric, take) => {
    for (const { time, values } of pointsOf.get(id)!) if (metric in values) take(time, values[metric]);
  };
  return {
    eachValue,
    eachPoint: (device, take) => eachValue(device, "seq", (time, value) => take(time, Number(value))),
    latest: async () => new Map(),
    ...{ pauseMs: 1, keepsText: true },
  };
}

async function contentOf(lie: (a: Point[], b: Point[]) => void) {
  const devices = [deviceOf("a", 1_000_000), deviceOf("b", 1_000_500)];
  lie(devices[0]!.points, devices[1]!.points);
  return (await compareContent(storeOf(devices), devices, (_device, metric) => metric))!;
}

describe("what stored messages say, held against what was sent", () => {
  it("finds nothing where nothing was changed", async () => {
    const found = await contentOf(() => undefined);
    expect(found).toMatchObject({ compared: 2 * (10 + 10 + 8), changed: 0, retimed: 0, misplaced: 0 });
  });

  it("names a value that is another one, one that is cut, and one that is gone", async () => {
    const found = await contentOf((a) => {
      a[2]!.values["temperature"] = 99;
      a[3]!.values["mode"] = "m";
      delete a[5]!.values["isOn"];
    });
    expect(found.changed).toBe(3);
    expect(found.changes).toEqual([
      { device: "a", seq: 3, metric: "temperature", sent: 20.3, found: 99 },
      { device: "a", seq: 6, metric: "isOn", sent: true, found: null },
      { device: "a", seq: 4, metric: "mode", sent: "m4", found: "m" },
    ]);
  });

  it("names messages at another time, whole", async () => {
    const found = await contentOf((a) => {
      a[6]!.time += 250;
    });
    expect(found).toMatchObject({ retimed: 1, retimes: [{ device: "a", seq: 7, byMs: 250 }], changed: 0 });
  });

  it("names messages that lie with another device, and does not blame that one", async () => {
    const found = await contentOf((a, b) => {
      b.push(...a.splice(3, 2));
    });
    expect(found).toMatchObject({ misplaced: 2, changed: 0, retimed: 0 });
    expect(found.misplacements).toEqual([
      { device: "a", seq: 4, foundAs: "b" },
      { device: "a", seq: 5, foundAs: "b" },
    ]);
  });

  it("leaves out times that two messages have", async () => {
    const found = await contentOf((a) => {
      a[1]!.time = a[0]!.time;
    });
    expect(found).toMatchObject({ changed: 0 });
  });

  it("does not ask for text where a store is not known to keep it", async () => {
    const device = deviceOf("a", 0);
    for (const { values } of device.points) delete values["mode"];
    const store = { ...storeOf([device]), keepsText: false };
    expect(await compareContent(store, [device], (_, metric) => metric)).toMatchObject({ compared: 20, changed: 0 });
  });
});
