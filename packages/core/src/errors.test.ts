import { expect, it } from "vitest";
import { ConfigError, DecodeError } from "./errors.ts";

it("an error of bytes has no stack, of which a message could ask for thousands; others have theirs", () => {
  const bytes = new DecodeError("no number", { cause: new Error("below") });
  expect(bytes.stack).not.toMatch(/\n\s+at /);
  expect([bytes.name, bytes.message, bytes.advice, (bytes.cause as Error).message]).toEqual([
    "DecodeError",
    "no number",
    "quarantine",
    "below",
  ]);
  expect(new ConfigError("no port").stack).toMatch(/\n\s+at /);
});
