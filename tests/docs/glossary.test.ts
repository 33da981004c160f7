import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("../../", import.meta.url));
const glossary = readFileSync(join(root, "docs/glossary.md"), "utf8");
const rows = [...glossary.matchAll(/^\| \*\*(.+?)\*\* +\| (.+?) +\| (.*?) *\|$/gm)].map((row) => ({
  term: row[1]!,
  places: placesOf(row[3]!),
}));

interface Place {
  readonly file: string;
  readonly symbols: readonly string[];
}

/** The files of a cell, each with the symbols that follow it. */
function placesOf(cell: string): Place[] {
  const places: { file: string; symbols: string[] }[] = [];
  for (const [, name] of cell.matchAll(/`([^`]+)`/g)) {
    if (name!.includes("/")) places.push({ file: name!, symbols: [] });
    else places.at(-1)?.symbols.push(name!);
  }
  return places;
}

describe("the glossary", () => {
  it("has a row for every term", () => {
    expect(rows.length).toBeGreaterThan(60);
    expect(rows.length).toBe([...glossary.matchAll(/^\| \*\*/gm)].length);
  });

  it("has each term once", () => {
    const terms = rows.map(({ term }) => term);
    expect(terms.filter((term, index) => terms.indexOf(term) !== index)).toEqual([]);
  });

  it("names files that exist and symbols that are in them", () => {
    const missing = rows.flatMap(({ term, places }) =>
      places.flatMap(({ file, symbols }) => {
        if (!existsSync(join(root, file))) return [`${term}: ${file}`];
        const source = readFileSync(join(root, file), "utf8");
        return symbols
          .filter((symbol) => !new RegExp(`\\b${symbol}\\b`).test(source))
          .map((symbol) => `${term}: ${symbol} in ${file}`);
      }),
    );
    expect(missing).toEqual([]);
  });
});
