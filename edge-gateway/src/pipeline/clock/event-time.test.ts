import { expect, it } from "vitest";
import { ReceiveClock } from "./receive-clock.ts";
import { UnplacedTime } from "@headwater/decode";
import { defaultPlausibility, settleTimes } from "./event-time.ts";

const now = 1_700_000_000_000_000;
const readings = [{ metric: "a", value: 1 }];
const clocks = { wall: () => now, monotonic: () => 0 };
const settle = (times: (number | undefined)[], clock = new ReceiveClock(0, clocks)) =>
  settleTimes({ samples: times.map((time) => ({ time, readings })) }, clock, defaultPlausibility);

it("without a time of its own a message has the receive time", () => {
  expect(settle([undefined])).toMatchObject({ receivedAt: now, eventTime: now, sampleTimes: null, implausible: 0 });
});

it("a plausible time of the device counts", () => {
  expect(settle([now - 5000])).toMatchObject({ receivedAt: now, eventTime: now - 5000, implausible: 0 });
});

it.each([
  ["more than a year back", now - 367 * 86_400_000_000],
  ["more than ten minutes ahead", now + 601_000_000],
  ["before the epoch", -1],
])("a time %s is kept as an attribute and counted", (_name, time) => {
  expect(settle([time])).toMatchObject({
    receivedAt: now,
    eventTime: now,
    implausible: 1,
    attributes: { "device-time": String(time) },
  });
});

it("samples without a time take consecutive microseconds, and the clock goes past them", () => {
  const clock = new ReceiveClock(0, clocks);
  const times = settle([undefined, now - 9, undefined, 5, undefined], clock);
  expect(times.sampleTimes).toEqual([now, now - 9, now + 1, now + 2, now + 3]);
  expect(times).toMatchObject({ eventTime: now, implausible: 1, attributes: { "device-time": "3:5" } });
  expect(clock.take()).toBe(now + 4);
});

it("all times that are not believed are kept, of however many samples", () => {
  const attributes = settle(Array.from({ length: 5000 }, (_, index) => index)).attributes!;
  expect(attributes["device-time"]!.split(",")).toEqual(
    Array.from({ length: 5000 }, (_, index) => `${index}:${index}`),
  );
});

it("a time that names no instant is kept as it was written", () => {
  const local = new UnplacedTime("local", "2026-11-27T10:00:00");
  const beyond = new UnplacedTime("beyond", "99999999999999999");
  const settled = (...unplaced: UnplacedTime[]) =>
    settleTimes(
      { samples: unplaced.map((it) => ({ unplaced: it, readings })), notes: { note: "x" } },
      new ReceiveClock(0, clocks),
      defaultPlausibility,
    );
  expect(settled(local)).toMatchObject({
    eventTime: now,
    implausible: 0,
    attributes: { note: "x", "device-time-local": "2026-11-27T10:00:00" },
  });
  expect(settled(beyond)).toMatchObject({
    eventTime: now,
    implausible: 1,
    attributes: { note: "x", "device-time": "99999999999999999" },
  });
  expect(settled(local, beyond, local)).toMatchObject({
    sampleTimes: [now, now + 1, now + 2],
    implausible: 1,
    attributes: {
      note: "x",
      "device-time-local": "0:2026-11-27T10:00:00;2:2026-11-27T10:00:00",
      "device-time": "1:99999999999999999",
    },
  });
});

const { maxPast, maxFuture } = defaultPlausibility;
it.each([
  ["the oldest that is believed", now - maxPast, 0],
  ["one microsecond older", now - maxPast - 1, 1],
  ["the latest that is believed", now + maxFuture, 0],
  ["one microsecond later", now + maxFuture + 1, 1],
])("at the bounds: %s", (_name, time, implausible) => {
  expect(settle([time])).toMatchObject({ eventTime: implausible === 0 ? time : now, implausible });
});
