import { expect, it } from "vitest";
import { SegmentFiles } from "./segment-files.ts";

it("a segment that is forwarded and kept all the same takes no room, and who waits for room is told once", async () => {
  const files = new SegmentFiles(
    "/nowhere",
    [
      { number: 1, size: 100 },
      { number: 2, size: 50 },
    ],
    7,
  );
  files.keepMs = 1000;
  expect(files.waitingBytes).toBe(150);
  expect(await files.forwarded(2, 0)).toBe(true);
  expect([files.waitingBytes, files.bytes]).toEqual([50, 150]);
  expect(await files.forwarded(2, 1)).toBe(false);
  // The file is long gone, which is no error.
  expect(await files.expire(1000)).toBe(true);
  expect([files.waitingBytes, files.bytes]).toEqual([50, 50]);
});

it("what waits is behind the place up to which all is forwarded, within a segment too", () => {
  const files = new SegmentFiles(
    "/nowhere",
    [
      { number: 1, size: 100 },
      { number: 2, size: 50 },
      { number: 4, size: 30 },
    ],
    7,
  );
  expect(files.bytesAfter({ segment: 1, offset: 0 })).toBe(180);
  expect(files.bytesAfter({ segment: 2, offset: 20 })).toBe(60);
  expect(files.bytesAfter({ segment: 3, offset: 0 })).toBe(30);
  expect(files.bytesAfter({ segment: 4, offset: 30 })).toBe(0);
});

it("a segment that was given up stays so when its file is gone: who has read it before sends nothing of it", async () => {
  const files = new SegmentFiles("/nowhere", [{ number: 1, size: 100 }], 7);
  expect(files.isGivenUp(1)).toBe(false);
  files.givenUp.add(1);
  expect(files.isGivenUp(1)).toBe(true);
  await files.remove(1);
  expect(files.isGivenUp(1)).toBe(true);
});
