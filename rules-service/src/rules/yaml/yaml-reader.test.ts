import { afterEach, describe, expect, it } from "vitest";
import { YamlReader } from "./yaml-reader.ts";

const readers: YamlReader[] = [];

/** However slow the machine is. */
const patient = { patienceMs: 600_000 };

function reader(options?: { patienceMs: number; idleMs?: number }): YamlReader {
  const made = new YamlReader(options);
  readers.push(made);
  return made;
}

afterEach(async () => {
  await Promise.all(readers.splice(0).map((each) => each.close()));
});

/** The share of this thread in the processor time that the process took while it ran. */
async function shareOfThisThread(run: () => Promise<unknown>): Promise<number> {
  const [thread, all] = [process.threadCpuUsage(), process.cpuUsage()];
  await run();
  const sum = ({ user, system }: NodeJS.CpuUsage): number => user + system;
  return sum(process.threadCpuUsage(thread)) / sum(process.cpuUsage(all));
}

describe("a long text in YAML", () => {
  it("holds up nobody, however many keys it has", async () => {
    const keys = Array.from({ length: 20_000 }, (_, index) => `key${index}: v`).join("\n");
    let value: unknown;
    const share = await shareOfThisThread(async () => {
      value = await reader(patient).read(keys);
    });
    expect(Object.keys(value as object)).toHaveLength(20_000);
    expect(share).toBeLessThan(0.5);
  });

  it.each([
    ["maps without end", "{a: ".repeat(5000)],
    ["lists without end", "- ".repeat(5000)],
    ["directives", "%A\n".repeat(2000)],
    ["half of a surrogate pair", `${"#\n".repeat(1000)}a: "\\ud800"`],
    ["a key that is there twice", `${"#\n".repeat(1000)}a: 1\nb: 2\na: 3`],
    ["two documents", `${"#\n".repeat(1000)}a: 1\n---\nb: 2`],
  ])("that has %s is refused", async (_name, text) => {
    await expect(reader().read(text)).rejects.toMatchObject({ status: 400, code: "invalid-yaml" });
  });

  it.each([
    ["several documents", "a: 1\n---\nb: 2", "it has several documents; send one, or import them all (rules/import)"],
    ["too many levels", "[".repeat(50_000), "it nests too deep"],
  ])("of %s is refused with what to do", async (_name, text, problem) => {
    await expect(reader(patient).read(text)).rejects.toThrow(`The body is not valid YAML: ${problem}`);
  });

  it("that takes too long is refused, and the next one is read", async () => {
    const impatient = reader({ patienceMs: 1 });
    const slow = impatient.read(Array.from({ length: 20_000 }, (_, index) => `key${index}: v`).join("\n"));
    await expect(slow).rejects.toMatchObject({ status: 400, code: "invalid-yaml" });
    expect(await impatient.read("a: 1")).toEqual({ a: 1 });
    expect(await reader(patient).read(`${"#\n".repeat(1000)}a: 1`)).toEqual({ a: 1 });
  });

  it("is read where it comes as the thread ends that had nothing to do", async () => {
    const text = `${"#\n".repeat(1000)}a: 1`;
    const restless = reader({ ...patient, idleMs: 1 });
    await restless.read(text);
    await new Promise((resolve) => setTimeout(resolve, 1));
    expect(await restless.read(text)).toEqual({ a: 1 });
  });
});

describe("a short text in YAML", () => {
  it.each(["a: 1\na: 2", "a: 1\n---\nb: 2", "? {a: 1}\n: 2", "[".repeat(1000)])("%j is refused", async (text) => {
    await expect(reader().read(text)).rejects.toMatchObject({ status: 400, code: "invalid-yaml" });
  });
});
