import { describe, expect, it } from "vitest";
import { RequestError } from "@headwater/core";
import {
  addCredential,
  deleteDevice,
  patchDevice,
  registerDevice,
  removeCredential,
  restateDevice,
} from "../src/index.ts";
import { deviceAfter, deviceFold, second, start } from "./given.ts";

const write = (writeId: string) => ({ at: start, by: "ann", writeId });
const credential = (id: string) => ({
  id,
  kind: "token",
  hash: Uint8Array.of(1, 2, 3),
  createdAt: start,
  expiresAt: 0,
});
const boiler = registerDevice(
  undefined,
  {
    id: "b1",
    type: "boiler",
    tags: { site: "north", floor: "2" },
    attributes: { power: 0, spare: false, note: "" },
    credentials: [credential("k1")],
  },
  write("w1"),
);

function refusal(call: () => unknown): { status: number; code: string } {
  try {
    call();
  } catch (error) {
    if (error instanceof RequestError) return { status: error.status, code: error.code };
    throw error;
  }
  throw new TypeError("it was accepted");
}

describe("a device", () => {
  it("is as it was registered, zero, false and empty attributes included", () => {
    expect(deviceAfter(boiler)?.device).toEqual({
      id: "b1",
      revision: 1,
      type: "boiler",
      tags: { site: "north", floor: "2" },
      attributes: { power: 0, spare: false, note: "" },
      credentials: [credential("k1")],
      createdAt: start,
      updatedAt: start,
    });
  });

  it("has no attribute that is no number", () => {
    const attributes = { power: { number: Number.NaN }, heat: { number: Infinity }, size: { number: 3 } };
    expect(deviceAfter({ ...boiler, attributes })?.device?.attributes).toEqual({ size: 3 });
  });

  it("cannot be registered twice", () => {
    expect(refusal(() => registerDevice(deviceAfter(boiler), { id: "b1" }, write("w2")))).toEqual({
      status: 409,
      code: "device-exists",
    });
  });

  it("keeps what a patch does not name and loses what it sets to null", () => {
    const patch = { tags: { floor: null, room: "7" }, attributes: { power: 3.5, spare: null } };
    const { device } = deviceAfter(boiler, patchDevice(deviceAfter(boiler), "b1", patch, write("w2")))!;
    expect(device).toMatchObject({
      revision: 2,
      type: "boiler",
      tags: { site: "north", room: "7" },
      attributes: { power: 3.5, note: "" },
      createdAt: start,
    });
    expect(Object.keys(device!.attributes)).toEqual(["power", "note"]);
  });

  it("goes on with its revision when it is registered again after a deletion", () => {
    const deleted = deleteDevice(deviceAfter(boiler), "b1", write("w2"));
    expect(deviceAfter(boiler, deleted)).toMatchObject({ revision: 2, device: undefined });
    expect(refusal(() => patchDevice(deviceAfter(boiler, deleted), "b1", {}, write("w3"))).status).toBe(404);
    const again = registerDevice(deviceAfter(boiler, deleted), { id: "b1" }, write("w3"));
    expect(deviceAfter(boiler, deleted, again)?.device).toMatchObject({ revision: 3, tags: {}, credentials: [] });
  });

  it("has credentials that come and go, in bounds", () => {
    const added = addCredential(deviceAfter(boiler), "b1", credential("k2"), write("w2"));
    const state = deviceAfter(boiler, added);
    expect(state?.device?.credentials.map(({ id }) => id)).toEqual(["k1", "k2"]);
    const removed = removeCredential(state, "b1", "k1", write("w3"));
    expect(deviceAfter(boiler, added, removed)?.device?.credentials.map(({ id }) => id)).toEqual(["k2"]);
    expect(refusal(() => removeCredential(state, "b1", "k9", write("w3"))).code).toBe("credential-unknown");
    expect(refusal(() => addCredential(state, "b1", credential("k1"), write("w3"))).code).toBe("credential-exists");
    const many = Array.from({ length: 16 }, (_, n) => credential(`k${n}`));
    const full = deviceAfter(registerDevice(undefined, { id: "b1", credentials: many }, write("w1")));
    expect(refusal(() => addCredential(full, "b1", credential("new"), write("w2"))).code).toBe("too-many-credentials");
    const passwords = many.slice(0, 4).map((each) => ({ ...each, kind: "password" }));
    const chosen = deviceAfter(registerDevice(undefined, { id: "b1", credentials: passwords }, write("w1")));
    const another = { ...credential("new"), kind: "password" };
    expect(refusal(() => addCredential(chosen, "b1", another, write("w2"))).code).toBe("too-many-passwords");
    const certificate = { ...credential("x"), kind: "x509", hash: new Uint8Array(0), subject: "CN=b1" };
    const withCertificate = deviceAfter(
      registerDevice(undefined, { id: "b1", credentials: [certificate] }, write("w1")),
    );
    expect(withCertificate?.device?.credentials).toEqual([certificate]);
    const same = { ...certificate, id: "y" };
    expect(refusal(() => addCredential(withCertificate, "b1", same, write("w2"))).code).toBe("credential-exists");
  });

  it.each([
    ["", /not empty/],
    ["a/b", /may not contain '\/'/],
    ["a+", /may not contain/],
    ["a#", /may not contain/],
    ["a\u0000b", /control characters/],
    ["a\nb", /control characters/],
    ["a\u0085b", /control characters/],
    ["\ud800", /valid Unicode/],
    ["\ufffex", /valid Unicode/],
    ["x\u{1ffff}", /valid Unicode/],
    [" a", /white space/],
    ["$SYS", /\$/],
    ["..", /URL/],
    ["x".repeat(129), /at most 128 characters; this one has 129/],
  ])("cannot be called %j", (id, message) => {
    expect(() => registerDevice(undefined, { id }, write("w1"))).toThrow(message);
  });

  it.each(["x".repeat(128), "Boiler 7", "äöü-漢字", "urn:dev:mac:0024befffe804ff1"])("can be called %j", (id) => {
    expect(registerDevice(undefined, { id }, write("w1")).id).toBe(id);
  });

  it.each([
    ["a tag too many", { tags: Object.fromEntries(Array.from({ length: 33 }, (_, n) => [`t${n}`, "x"])) }, /32 tags/],
    ["a tag too long", { tags: { a: "x".repeat(257) } }, /at most 256/],
    ["an empty tag", { tags: { a: "" } }, /empty/],
    ["a tag without a name", { tags: { "": "x" } }, /cannot name a tag/],
    ["a tag that no object can hold", { tags: JSON.parse('{"__proto__":"x"}') }, /cannot name a tag/],
    ["a NUL in a tag", { tags: { a: "\u0000" } }, /NUL/],
    ["an infinite attribute", { attributes: { a: Infinity } }, /finite/],
    ["an attribute too long", { attributes: { a: "x".repeat(1025) } }, /at most 1024/],
    ["a type too long", { type: "x".repeat(65) }, /at most 64/],
  ])("cannot have %s", (_, content, message) => {
    expect(() => registerDevice(undefined, { id: "b1", ...content }, write("w1"))).toThrow(message);
  });
});

describe("two writers of one revision", () => {
  const first = patchDevice(deviceAfter(boiler), "b1", { type: "first" }, write("w2"));
  const other = patchDevice(deviceAfter(boiler), "b1", { type: "other" }, write("w3"));

  it("the first in the log wins, the other is to be corrected", () => {
    const fold = deviceFold(boiler, first, other);
    expect(fold).toMatchObject({ accepted: false, needsRestating: true });
    expect(fold.state).toMatchObject({ writeId: "w2", revision: 2, device: { type: "first" } });
  });

  it("the winner that landed twice needs no correction", () => {
    expect(deviceFold(boiler, first, first)).toMatchObject({ accepted: false, needsRestating: false });
  });

  it("a restatement corrects whoever saw the loser alone", () => {
    const restated = restateDevice("b1", deviceAfter(boiler, first, other)!);
    expect(deviceAfter(other)?.device?.type).toBe("other");
    expect(deviceAfter(other, restated)).toEqual(deviceAfter(boiler, first, other, restated));
    expect(deviceAfter(restated)?.device?.type).toBe("first");
  });

  it("a restatement that another write overtook is to be corrected itself", () => {
    const restated = restateDevice("b1", deviceAfter(boiler, first, other)!);
    const next = patchDevice(deviceAfter(boiler, first), "b1", { type: "next" }, write("w4"));
    const fold = deviceFold(boiler, first, other, next, restated);
    expect(fold).toMatchObject({ accepted: false, needsRestating: true, state: { device: { type: "next" } } });
  });

  it("a deletion is restated too", () => {
    const deleted = deleteDevice(deviceAfter(boiler), "b1", write("w2"));
    const restated = restateDevice("b1", deviceAfter(boiler, deleted, other)!);
    expect(deviceAfter(other, restated)).toMatchObject({ revision: 2, device: undefined, writeId: "w2" });
  });
});

describe("a device that was deleted with its data", () => {
  const at = (writeId: string, minutes: number) => ({ ...write(writeId), at: start + minutes * 60 * second });
  const erased = deleteDevice(deviceAfter(boiler), "b1", at("w2", 10), { eraseData: true });
  const next = registerDevice(deviceAfter(boiler, erased), { id: "b1" }, at("w3", 20));
  const until = start + 600 * second + 1000;

  it("tells in each later event when that was, also once the next one is deleted without its data", () => {
    const deleted = deleteDevice(deviceAfter(boiler, erased, next), "b1", at("w4", 30));
    const third = registerDevice(deviceAfter(boiler, erased, next, deleted), { id: "b1" }, at("w5", 40));
    for (const events of [[boiler, erased], [next], [deleted], [third]]) {
      expect(deviceAfter(...events)).toMatchObject({ erasedBelow: 1, erasedUntil: until });
    }
    const restated = restateDevice("b1", deviceAfter(third)!);
    expect(deviceAfter(restated)).toMatchObject({ incarnation: 2, erasedBelow: 1, erasedUntil: until });
  });

  it("tells of the last time when it is deleted with its data again", () => {
    const again = deleteDevice(deviceAfter(boiler, erased, next), "b1", at("w4", 30), { eraseData: true });
    expect(deviceAfter(again)).toMatchObject({ erasedBelow: 2, erasedUntil: start + 1800 * second + 1000 });
  });

  it("by a writer that did not tell: it is known for as long as no other deletion follows", () => {
    const told = { ...next, erasedUntil: 0 };
    expect(deviceAfter(told)).toMatchObject({ erasedBelow: 1, erasedUntil: until });
    const deleted = deleteDevice(deviceAfter(told), "b1", at("w4", 30));
    expect(deviceAfter(deleted)).toMatchObject({ erasedBelow: 1, erasedUntil: until });
    expect(deviceAfter({ ...deleted, erasedUntil: 0 })).toMatchObject({ erasedBelow: 1, erasedUntil: 0 });
  });

  it("is nothing of a device of which nothing was erased", () => {
    expect(deviceAfter(boiler, deleteDevice(deviceAfter(boiler), "b1", at("w2", 10)))?.erasedUntil).toBe(0);
  });
});
