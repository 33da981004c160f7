import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { problemCodes } from "../src/http/problem-codes.ts";

const root = join(import.meta.dirname, "../../..");
const sources = globSync(["packages/*/src/**/*.ts", "*/src/**/*.ts"], { cwd: root })
  .filter((file) => !file.endsWith(".test.ts") && !file.endsWith("/problem-codes.ts"))
  .map((file) => readFileSync(join(root, file), "utf8"))
  .filter((source) => /RequestError|(?:make|raw)Problem\(|readonly code =|\bbad\(/.test(source));

/** Status and code where a source names both: in a RequestError, a problem, or a table of a parser's problems. */
const named = /(?:new RequestError\(|(?:make|raw)Problem\(|[[?:])\s*(?<status>[45]\d\d),\s*"(?<code>[a-z-]+)"/g;
/** Helpers of one status. */
const badQuery = /\bbad\(\s*"(?<code>[a-z-]+)"/g;
/** Codes of errors that carry no status: it follows from their advice. */
const advised = new Map([
  ["log-unavailable", 503],
  ["queue-closed", 503],
  ["store-unavailable", 503],
  ["timed-out", 503],
  ["unknown-outcome", 503],
  ["record-refused", 422],
  ["undecodable", 422],
]);

function used(): Set<string> {
  const all = new Set(["409 conflict", "412 conflict"]);
  for (const source of sources) {
    for (const { groups } of source.matchAll(named)) all.add(`${groups!["status"]} ${groups!["code"]}`);
    for (const { groups } of source.matchAll(badQuery)) all.add(`400 ${groups!["code"]}`);
    for (const [, code] of source.matchAll(/readonly code = "([a-z-]+)"/g)) {
      const status = advised.get(code!);
      if (status !== undefined) all.add(`${status} ${code}`);
    }
    for (const [, code] of source.matchAll(/super\(400, "([a-z-]+)"/g)) all.add(`400 ${code}`);
  }
  return all;
}

describe("the codes of problems", () => {
  it("are those of the table in every service, each with one status", () => {
    const listed = Object.entries(problemCodes).flatMap(([status, codes]) =>
      Object.keys(codes).map((code) => `${status} ${code}`),
    );
    expect([...used()].toSorted()).toEqual(listed.toSorted());
    const codes = listed.map((each) => each.split(" ")[1]).filter((code) => code !== "conflict");
    expect(codes.filter((code, index) => codes.indexOf(code) !== index)).toEqual([]);
  });
});
