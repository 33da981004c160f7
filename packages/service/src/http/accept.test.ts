import { expect, it } from "vitest";
import { preferredType } from "./accept.ts";

const offered = ["application/json", "text/csv", "application/x-ndjson"];

it.each([
  [undefined, "application/json"],
  ["", "application/json"],
  ["*/*", "application/json"],
  ["text/csv", "text/csv"],
  ["TEXT/CSV; charset=utf-8", "text/csv"],
  ["text/csv;q=0", undefined],
  ["text/csv;q=0, */*", "application/json"],
  ["text/csv;q=0.2, application/json;q=0.1", "text/csv"],
  ["text/*, application/json;q=0.5", "text/csv"],
  ["*/*;q=0.1, application/x-ndjson", "application/x-ndjson"],
  ["application/*;q=0.1, application/json;q=0, text/csv;q=0.05", "application/x-ndjson"],
  ["application/xml", undefined],
  ["text/csv;q=2", undefined],
  ["application/xml, text/html;q=0.9, */*;q=0.8", "application/json"],
  [",", undefined],
])("Accept: %s takes %s", (accept, type) => {
  expect(preferredType(accept, offered)).toBe(type);
});
