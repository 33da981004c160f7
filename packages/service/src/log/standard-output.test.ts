import { execFileSync } from "node:child_process";
import { closeSync, constants, mkdtempSync, openSync, readFileSync, readSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { StandardOutput } from "./standard-output.ts";

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), "standard-output-"));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

/** A pipe that does not block, so full that it takes nothing more. */
function fullPipe(): { readonly reader: number; readonly writer: number } {
  const path = join(folder(), "pipe");
  execFileSync("mkfifo", [path]);
  const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  const writer = openSync(path, constants.O_WRONLY | constants.O_NONBLOCK);
  onTestFinished(() => [reader, writer].forEach(closeSync));
  try {
    for (;;) writeSync(writer, Buffer.alloc(4096, "."));
  } catch (error) {
    expect((error as NodeJS.ErrnoException).code).toBe("EAGAIN");
  }
  return { reader, writer };
}

it("leaves nothing with the process, however many there are", () => {
  const path = join(folder(), "lines");
  const fd = openSync(path, "w");
  onTestFinished(() => closeSync(fd));
  const before = process.listenerCount("exit");
  for (let i = 0; i < 20; i += 1) new StandardOutput(fd).write(`${i}\n`);
  expect(process.listenerCount("exit")).toBe(before);
  expect(readFileSync(path, "utf8")).toBe(Array.from({ length: 20 }, (_, i) => `${i}\n`).join(""));
});

it("writes what a pipe did not take with the next line, or at the end of the process", () => {
  const { reader, writer } = fullPipe();
  const output = new StandardOutput(writer);
  const before = process.listeners("exit");
  const lastWords = (): NodeJS.ExitListener[] => process.listeners("exit").filter((each) => !before.includes(each));
  const heard = (): string => {
    const bytes = Buffer.alloc(1 << 20);
    let text = "";
    try {
      for (;;) text += bytes.toString("utf8", 0, readSync(reader, bytes));
    } catch (error) {
      expect((error as NodeJS.ErrnoException).code).toBe("EAGAIN");
    }
    return text.replaceAll(".", "");
  };
  output.write("kept\n");
  output.write("kept too\n");
  expect(lastWords()).toHaveLength(1);
  expect(heard()).toBe("");
  lastWords()[0]!(0);
  expect(heard()).toBe("kept\nkept too\n");
  output.write("next\n");
  expect(heard()).toBe("next\n");
  expect(lastWords()).toHaveLength(0);
});
