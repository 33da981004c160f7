import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { Attendance } from "./attendance.ts";

let left: string[];
let attendance: Attendance;

beforeEach(() => {
  vi.useFakeTimers();
  left = [];
  attendance = new Attendance(1000, (id) => left.push(id));
});

afterEach(() => void vi.useRealTimers());

it("tells once of what nobody has asked for", () => {
  attendance.begin("a");
  vi.advanceTimersByTime(999);
  expect(left).toEqual([]);
  vi.advanceTimersByTime(5000);
  expect(left).toEqual(["a"]);
});

it("counts from the last time that somebody asked", () => {
  attendance.begin("a");
  for (let n = 0; n < 5; n++) {
    vi.advanceTimersByTime(900);
    attendance.seen("a");
  }
  expect(left).toEqual([]);
  vi.advanceTimersByTime(1000);
  expect(left).toEqual(["a"]);
});

it("waits for the last of those who listen, and for as long again", () => {
  attendance.begin("a");
  const leave = [attendance.enter("a"), attendance.enter("a")];
  vi.advanceTimersByTime(10_500);
  leave[0]!();
  vi.advanceTimersByTime(10_500);
  expect(left).toEqual([]);
  leave[1]!();
  vi.advanceTimersByTime(999);
  expect(left).toEqual([]);
  vi.advanceTimersByTime(1);
  expect(left).toEqual(["a"]);
});

it("says nothing of what is kept, or has ended, or when it is closed", () => {
  attendance.seen("kept");
  attendance.enter("kept")();
  attendance.begin("a");
  const leave = attendance.enter("a");
  attendance.end("a");
  leave();
  attendance.begin("b");
  attendance.close();
  vi.advanceTimersByTime(10_000);
  expect(left).toEqual([]);
});
