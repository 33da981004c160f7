import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ruleAfter, start, type RuleInput } from "./given.ts";

const definition = (text: string, revision: number) => ({ revision, schema: 1, definition: text });
const created: RuleInput = { sequence: 1, at: start, by: "ann", writeId: "w1", created: definition("{}", 1) };

describe("a rule", () => {
  it("is a draft until it is enabled", () => {
    expect(ruleAfter(created)).toEqual({
      id: "hot",
      sequence: 1,
      revision: 1,
      revisions: [{ revision: 1, definition: "{}", schema: 1, at: start, by: "ann" }],
      mode: "draft",
      at: start,
      by: "ann",
      writeId: "w1",
    });
    expect(ruleAfter(created, { sequence: 2, enabled: {} })?.mode).toBe("live");
    expect(ruleAfter(created, { sequence: 2, shadowed: {} }, { sequence: 3, disabled: {} })?.mode).toBe("disabled");
  });

  it("keeps every revision, and its mode when it is revised", () => {
    const state = ruleAfter(created, { sequence: 2, enabled: {} }, { sequence: 3, revised: definition('{"a":1}', 2) });
    expect(state).toMatchObject({ mode: "live", revision: 2, sequence: 3 });
    expect(state?.revisions.map((each) => each.definition)).toEqual(["{}", '{"a":1}']);
  });

  it("takes the first event of a sequence and ignores what comes too late or too early", () => {
    const won = ruleAfter(created, { sequence: 2, writeId: "w2", enabled: {} });
    expect(ruleAfter(created, { sequence: 2, writeId: "w2", enabled: {} }, { sequence: 2, disabled: {} })).toEqual(won);
    expect(ruleAfter(created, { sequence: 3, enabled: {} })?.mode).toBe("draft");
    expect(won?.writeId).toBe("w2");
  });

  it("stays deleted until it is created again, its history kept", () => {
    const gone = [created, { sequence: 2, deleted: {} }];
    expect(ruleAfter(...gone)?.mode).toBe("deleted");
    expect(ruleAfter(...gone, { sequence: 3, enabled: {} })).toEqual(ruleAfter(...gone));
    expect(ruleAfter(...gone, { sequence: 3, created: definition("{}", 2) })).toMatchObject({
      mode: "draft",
      revision: 2,
      revisions: [{ revision: 1 }, { revision: 2 }],
    });
  });

  it("is not there before it is created, and created once", () => {
    expect(ruleAfter({ sequence: 1, enabled: {} })).toBeUndefined();
    expect(ruleAfter(created, { sequence: 2, created: definition("{}", 2) })).toEqual(ruleAfter(created));
  });

  it("is the same for every reader, however events are repeated", () => {
    const kinds: Record<string, Partial<RuleInput>> = {
      enabled: { enabled: {} },
      disabled: { disabled: {} },
      shadowed: { shadowed: {} },
      deleted: { deleted: {} },
      created: { created: definition("{}", 1) },
      revised: { revised: definition("{}", 2) },
    };
    const event = fc.record({ sequence: fc.integer({ min: 1, max: 6 }), kind: fc.constantFrom(...Object.keys(kinds)) });
    fc.assert(
      fc.property(fc.array(event, { maxLength: 20 }), (script) => {
        const log = script.map(({ sequence, kind }, n) => ({ sequence, writeId: `w${n}`, ...kinds[kind] }));
        // Each event twice: the second is of a sequence that is past or still does not fit.
        expect(ruleAfter(...log.flatMap((each) => [each, each]))).toEqual(ruleAfter(...log));
      }),
    );
  });
});
