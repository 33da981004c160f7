import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

const root = new URL("../../", import.meta.url);
const page = readFileSync(new URL("docs/architecture.md", root), "utf8");

describe("the page on the architecture", () => {
  const files = [...page.matchAll(/`((?:edge-gateway|ingest-service|rules-service|packages|proto|scripts)\/[^`]*)`/g)];

  it("names the file of each step and of each question", () => {
    expect(files.length).toBeGreaterThan(25);
  });

  it.each(files.map(([, file]) => file!))("names what is there: %s", (file) => {
    expect(existsSync(new URL(file, root))).toBe(true);
  });

  it.each([...page.matchAll(/\]\(([^)#]+)\)/g)].map(([, link]) => link!))("links to what is there: %s", (link) => {
    expect(existsSync(new URL(`docs/${link}`, root))).toBe(true);
  });
});
