import { describe, expect, it } from "vitest";
import { draftOf, lineOf, parseDraft, pathOf, pointerOf, withValue } from "./draft.ts";

const text = `# who is called: heating
id: boiler-too-hot
selector:
  types: [boiler] # not the pumps
condition:
  metric: temperature
  above:
    warning: 80
    critical: 90
`;

describe("a draft", () => {
  it("takes a value at its place and keeps what else was written", () => {
    const moved = withValue(parseDraft(text), ["condition", "above", "warning"], 82.5);
    expect(moved.text).toBe(text.replace("80", "82.5").replace("[boiler]", "[ boiler ]"));
    expect(moved.definition).toMatchObject({ condition: { above: { warning: 82.5, critical: 90 } } });
  });

  it("loses what is empty around a part that was taken away", () => {
    const emptied = withValue(parseDraft(text), ["selector", "types"], undefined);
    expect(emptied.definition).not.toHaveProperty("selector");
    expect(withValue(parseDraft(text), ["condition", "for"], undefined).definition).toEqual(
      parseDraft(text).definition,
    );
  });

  it("makes room where a scalar stands", () => {
    const half = parseDraft("id: x\ncondition: todo\n");
    expect(withValue(half, ["condition", "window", "over"], "5m").definition).toEqual({
      id: "x",
      condition: { window: { over: "5m" } },
    });
    expect(withValue(half, ["actions", 0, "on"], ["raised"]).definition).toHaveProperty("actions");
  });

  it("is as it was while its text cannot be read", () => {
    const broken = parseDraft("id: [x\n");
    expect(broken.definition).toBeUndefined();
    expect(broken.faults[0]!.line).toBeGreaterThan(0);
    expect(withValue(broken, ["id"], "y")).toBe(broken);
  });

  it.each(["", "- a\n- b\n", "just text", "--- a\n--- b\n"])("of %j says that it is no rule", (written) => {
    const { definition, faults } = parseDraft(written);
    expect(definition).toBeUndefined();
    expect(faults).not.toEqual([]);
  });

  it("says so if its aliases unfold without end", () => {
    const levels = ["a: &a [x, x, x, x, x, x, x, x, x, x]"];
    for (const [above, name] of "abcdefg".split("").entries()) {
      const next = "bcdefgh"[above]!;
      levels.push(`${next}: &${next} [${Array.from({ length: 10 }, () => `*${name}`).join(", ")}]`);
    }
    expect(parseDraft(levels.join("\n")).definition).toBeUndefined();
  });

  it("knows no prototype but its own", () => {
    const { definition } = parseDraft("id: x\n__proto__: { polluted: true }\n");
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
    expect(Object.keys(definition!)).toContain("__proto__");
  });
});

describe("a stored rule", () => {
  it("is written in the order in which a person reads it", () => {
    const { text: written } = draftOf({
      actions: [{ command: { name: "shut_valve" } }],
      condition: { above: { critical: 90, warning: 80 }, for: "5s", metric: "temperature" },
      id: "boiler-too-hot",
      name: "Boiler too hot",
    });
    expect(written.match(/^ *[\w-]+(?=:)/gm)!.map((key) => key.trim())).toEqual([
      "id",
      "name",
      "condition",
      "metric",
      "above",
      "warning",
      "critical",
      "for",
      "actions",
      "name",
    ]);
  });

  it("is the same rule again, whatever its texts are like", () => {
    const definition = {
      id: "x",
      name: "<b>a: b</b> # no comment",
      labels: { on: "yes", "1": "no", "~/": "0x10" },
      annotations: { summary: "two\nlines ‮olleh 🔥" },
    };
    expect(draftOf(definition).definition).toEqual(definition);
  });
});

describe("a fault's line", () => {
  const draft = parseDraft(text);
  it.each([
    ["/id", 2],
    ["/condition/above/critical", 9],
    ["/condition/for", 5],
    ["/selector/types/0", 4],
    ["/actions/0/webhook", 1],
    ["", 1],
  ])("of %s is %i", (pointer, line) => expect(lineOf(draft, pointer)).toBe(line));

  it("goes by pointers with slashes and tildes in their steps", () => {
    expect(pathOf(pointerOf(["tags", "a/b~c", 0]))).toEqual(["tags", "a/b~c", 0]);
  });
});
