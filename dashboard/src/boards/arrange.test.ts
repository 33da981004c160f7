import { expect, it } from "vitest";
import { parseDraft } from "../rules/draft.ts";
import { added, boardIn, moved, removed, resized } from "./arrange.ts";
import { begun, changed, redone, undone } from "./history.ts";

const text = `title: T
widgets:
  # The first
  - { kind: text, text: one }
  - kind: value # the second
    metric: m
    device: d
`;
const kinds = (draft: ReturnType<typeof parseDraft>) => boardIn(draft)!.widgets.map(({ kind }) => kind);

it("moves, adds and takes widgets away, and keeps what a person wrote beside them", () => {
  const draft = parseDraft(text);
  const swapped = moved(draft, 0, 1);
  expect(kinds(swapped)).toEqual(["value", "text"]);
  expect(swapped.text).toContain("# the second");
  expect(swapped.text).toContain("# The first");
  expect(moved(draft, 0, -1).definition).toEqual(draft.definition);
  expect(moved(draft, 1, 2).definition).toEqual(draft.definition);
  const none = removed(removed(draft, 0), 0);
  expect(boardIn(none)?.widgets).toEqual([]);
  expect(kinds(added(none, { kind: "text", text: "new" }))).toEqual(["text"]);
  expect(kinds(added(draft, { kind: "text", text: "new" }))).toEqual(["text", "value", "text"]);
});

it("resizes within the grid", () => {
  const draft = parseDraft(text);
  expect(boardIn(resized(draft, 1, 1, 2))!.widgets[1]).toMatchObject({ width: 4, height: 3 });
  expect(boardIn(resized(draft, 1, 99, 99))!.widgets[1]).toMatchObject({ width: 12, height: 12 });
  expect(boardIn(resized(draft, 1, -99, -99))!.widgets[1]).toMatchObject({ width: 1 });
});

it("leaves a text that is no board as it is", () => {
  for (const broken of ["widgets: [", "title: T", "- a"]) {
    const draft = parseDraft(broken);
    expect(moved(draft, 0, 1)).toBe(draft);
    expect(added(draft, { kind: "text", text: "new" })).toBe(draft);
    expect(resized(draft, 0, 1, 1)).toBe(draft);
  }
});

it("takes steps back and forth; what is typed is one of them", () => {
  let history = changed(changed(changed(begun("a"), "ab", "typed"), "abc", "typed"), "X", "");
  history = changed(history, "XY", "");
  expect(undone(history).present).toBe("X");
  expect(undone(undone(history)).present).toBe("abc");
  expect(undone(undone(undone(history))).present).toBe("a");
  expect(undone(undone(undone(undone(history)))).present).toBe("a");
  expect(redone(undone(history)).present).toBe("XY");
  expect(redone(changed(undone(history), "Z", "")).present).toBe("Z");
});
