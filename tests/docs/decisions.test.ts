import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

const folder = new URL("../../docs/adr/", import.meta.url);
const read = (file: string): string => readFileSync(new URL(file, folder), "utf8");
const records = readdirSync(folder)
  .filter((file) => /^\d{4}-/.test(file))
  .toSorted();
const numberOf = (file: string): number => Number(file.slice(0, 4));

describe("decision records", () => {
  it.each(records)("have one form: %s", (file) => {
    const headings = [...read(file).matchAll(/^#{1,2} .*$/gm)].map(([heading]) => heading);
    expect(headings[0]).toMatch(new RegExp(`^# ${numberOf(file)}\\. \\S`));
    expect(headings.slice(1)).toEqual(["## Context", "## Decision", "## Alternatives", "## Consequences"]);
    expect(read(file)).toMatch(/^Status: (?:proposed|accepted|superseded by \[ADR \d+\]\(.+\))$/m);
  });

  it("are in the index under their titles, in the order of their numbers", () => {
    const rows = [...read("README.md").matchAll(/^\| \[(\d+)\]\((.+?)\) +\| (.+?) +\|/gm)];
    const listed = rows.map(([, number, file, title]) => [Number(number), file, title]);
    const titles = records.map((file) => [numberOf(file), file, /^# \d+\. (.*)$/m.exec(read(file))![1]]);
    expect(listed).toEqual(titles);
  });

  it("leave no number out and give none twice", () => {
    expect(records.map(numberOf)).toEqual(records.map((_file, index) => index + 1));
  });
});
