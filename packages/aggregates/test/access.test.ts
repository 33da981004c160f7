import { events } from "@headwater/proto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { propertyRuns } from "@headwater/testkit/property-runs";
import {
  createProvisioningKey,
  deleteProvisioningKey,
  foldAccess,
  idMatches,
  type AccessInput,
  type AccessState,
} from "../src/index.ts";
import { start } from "./given.ts";

const key = {
  id: "k1",
  name: "line 4",
  hash: Uint8Array.of(1, 2, 3),
  devices: "line4-*",
  type: "meter",
  tags: { site: "north" },
  createdAt: start,
  expiresAt: start + 1,
  createdBy: "ann",
};

function after(...inputs: readonly AccessInput[]): AccessState | undefined {
  let state: AccessState | undefined;
  for (const input of inputs) state = foldAccess(state, events.access.decode(events.access.encode(input))).state;
  return state;
}

describe("a provisioning key", () => {
  it("is as it was made, and gone when it is deleted", () => {
    const made = createProvisioningKey(key, "w1");
    expect(after(made)?.key).toEqual({ ...key, scopes: ["devices:register"] });
    const deleted = deleteProvisioningKey(after(made), "k1", "w2");
    expect(after(made, deleted)).toEqual({ revision: 2, writeId: "w2", key: undefined });
    expect(after(deleted)?.key).toBeUndefined();
    expect(() => deleteProvisioningKey(after(made, deleted), "k1", "w3")).toThrow(/no provisioning key "k1"/);
  });

  it("does not come back with an event that was repeated", () => {
    const made = createProvisioningKey(key, "w1");
    const deleted = deleteProvisioningKey(after(made), "k1", "w2");
    expect(after(made, deleted, made)?.key).toBeUndefined();
  });

  it("is nothing else's: another kind of access is no key", () => {
    expect(after({ id: "t", revision: 1, kind: "token", hash: Uint8Array.of(1) })).toMatchObject({ key: undefined });
  });

  it.each([
    [{ name: "" }, /name/],
    [{ devices: "a/*" }, /\* for any/],
    [{ devices: "x".repeat(129) }, /\* for any/],
    [{ tags: { a: "" } }, /empty/],
    [{ type: "x".repeat(65) }, /64/],
  ])("cannot have %j", (wrong, message) => {
    expect(() => createProvisioningKey({ ...key, ...wrong }, "w1")).toThrow(message);
  });
});

describe("a pattern of ids", () => {
  it.each([
    ["", "anything", true],
    ["*", "anything", true],
    ["line4-*", "line4-7", true],
    ["line4-*", "line4-", true],
    ["line4-*", "line5-7", false],
    ["a*a", "a", false],
    ["*-meter-*", "north-meter-7", true],
    ["a*b*c", "a-c-b", false],
    ["exact", "exact", true],
    ["exact", "exactly", false],
  ])("%j and %j: %s", (pattern, id, matches) => {
    expect(idMatches(pattern, id)).toBe(matches);
  });

  it("agrees with a regular expression", () => {
    const text = fc.string({ unit: fc.constantFrom("a", "b", "*"), maxLength: 6 });
    const id = fc.string({ unit: fc.constantFrom("a", "b"), minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(text, id, (pattern, name) => {
        const expected = pattern === "" || new RegExp(`^${pattern.replaceAll("*", ".*")}$`).test(name);
        expect(idMatches(pattern, name)).toBe(expected);
      }),
      { numRuns: propertyRuns(2000) },
    );
  });
});
