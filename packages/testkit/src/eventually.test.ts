import { describe, expect, it } from "vitest";
import { eventually } from "./eventually.ts";

describe("eventually", () => {
  it("resolves with what the check returns once it passes", async () => {
    let calls = 0;
    const answer = await eventually(() => {
      calls += 1;
      if (calls < 3) throw new RangeError("not yet");
      return "here";
    });
    expect([answer, calls]).toEqual(["here", 3]);
  });

  it("fails as the check failed last", async () => {
    let calls = 0;
    const failing = eventually(() => {
      calls += 1;
      throw new RangeError(`failure ${calls}`);
    }, 30);
    await expect(failing).rejects.toThrow(/^failure \d+$/);
    await expect(failing).rejects.toThrow(`failure ${calls}`);
  });

  it("resolves with the first value that is accepted", async () => {
    let next = 0;
    expect(
      await eventually(
        () => (next += 1),
        (value) => value >= 4,
      ),
    ).toBe(4);
  });

  it("fails with the last value when none is accepted", async () => {
    await expect(
      eventually(
        () => ({ state: "warming" }),
        ({ state }) => state === "live",
        20,
      ),
    ).rejects.toThrow(/after 20 ms: .*warming/);
  });
});
