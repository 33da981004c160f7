import { afterEach, describe, expect, it } from "vitest";
import { YamlReader } from "./yaml-reader.ts";

const readers: YamlReader[] = [];

function reader(options?: { patienceMs: number }): YamlReader {
  const made = new YamlReader(options);
  readers.push(made);
  return made;
}

afterEach(async () => {
  await Promise.all(readers.splice(0).map((each) => each.close()));
});

/** How long the event loop stood still at most while it ran (milliseconds). */
async function longestPause(run: () => Promise<unknown>): Promise<number> {
  let longest = 0;
  let last = performance.now();
  const watch = setInterval(() => {
    longest = Math.max(longest, performance.now() - last);
    last = performance.now();
  }, 1);
  await run();
  await new Promise((resolve) => setTimeout(resolve, 5));
  clearInterval(watch);
  return longest;
}

describe("a long text in YAML", () => {
  it("holds up nobody, however many keys it has", async () => {
    const keys = Array.from({ length: 20_000 }, (_, index) => `key${index}: v`).join("\n");
    const started = performance.now();
    let value: unknown;
    const pause = await longestPause(async () => {
      value = await reader().read(keys);
    });
    expect(Object.keys(value as object)).toHaveLength(20_000);
    // It takes the other thread far longer than anyone here waits.
    expect(pause).toBeLessThan((performance.now() - started) / 2);
  });

  it.each([
    ["maps without end", "{a: ".repeat(5000)],
    ["lists without end", "- ".repeat(5000)],
    ["directives", "%A\n".repeat(2000)],
    ["a key that is there twice", `${"#\n".repeat(1000)}a: 1\nb: 2\na: 3`],
    ["two documents", `${"#\n".repeat(1000)}a: 1\n---\nb: 2`],
  ])("that has %s is refused", async (_name, text) => {
    await expect(reader().read(text)).rejects.toMatchObject({ status: 400, code: "invalid-yaml" });
  });

  it("that takes too long is refused, and the next one is read", async () => {
    const impatient = reader({ patienceMs: 1 });
    const slow = impatient.read(Array.from({ length: 20_000 }, (_, index) => `key${index}: v`).join("\n"));
    await expect(slow).rejects.toMatchObject({ status: 400, code: "invalid-yaml" });
    expect(await impatient.read("a: 1")).toEqual({ a: 1 });
    expect(await reader().read(`${"#\n".repeat(1000)}a: 1`)).toEqual({ a: 1 });
  });
});

describe("a short text in YAML", () => {
  it.each(["a: 1\na: 2", "a: 1\n---\nb: 2", "? {a: 1}\n: 2", "[".repeat(1000)])("%j is refused", async (text) => {
    await expect(reader().read(text)).rejects.toMatchObject({ status: 400, code: "invalid-yaml" });
  });
});
