import { describe, expect, it } from "vitest";
import { wideComments } from "./comments.ts";

const wide = "word ".repeat(24).trimEnd();

describe("comments", () => {
  it.each([
    ["a line", `  // ${wide}`],
    ["a block of one line", `/** ${wide} */`],
    ["a line of a block", `/**\n * ${wide}\n */`],
    ["a line of a block without a star", `/*\n    ${wide}\n*/`],
  ])("are refused when too wide: %s", (_what, source) => {
    expect(wideComments("a.ts", source)).toHaveLength(1);
  });

  it.each([
    ["a line of the full width", `// ${"x".repeat(56)} ${"x".repeat(60)}`],
    ["code after a block", `/* why */\nconst text = "${wide}";`],
    ["an address", `// https://example.com/${"x".repeat(120)}`],
    ["a directive", `// oxlint-disable-next-line no-console -- ${wide}`],
  ])("pass: %s", (_what, source) => {
    expect(wideComments("a.ts", source)).toEqual([]);
  });
});
