import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isTextField, metricOfField, numberField, storedField, textField } from "./field-names.ts";

/** Any name at all, and with good odds one that plays with the suffix. */
const metric = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.array(fc.constantFrom("_text", "_", "text", "a", ""), { maxLength: 6 }).map((parts) => parts.join("")),
);

describe("field names", () => {
  it("keeps a metric's name for numbers and adds _text for text", () => {
    expect(storedField("temperature", 21.5)).toEqual({ field: "temperature", value: 21.5 });
    expect(storedField("open", true)).toEqual({ field: "open", value: 1 });
    expect(storedField("open", false)).toEqual({ field: "open", value: 0 });
    expect(storedField("mode", "auto")).toEqual({ field: "mode_text", value: "auto" });
  });

  it("keeps a metric that ends in _text apart from the text of another", () => {
    expect(numberField("mode_text")).toBe("mode_text_");
    expect(textField("mode_text")).toBe("mode_text__text");
    expect(numberField("mode_text_")).toBe("mode_text__");
  });

  it("can be reversed for any metric", () => {
    fc.assert(
      fc.property(metric, (name) => {
        expect(metricOfField(numberField(name))).toEqual({ metric: name, kind: "number" });
        expect(metricOfField(textField(name))).toEqual({ metric: name, kind: "text" });
      }),
    );
  });

  it("never gives two metrics, or two kinds of one metric, the same field", () => {
    fc.assert(
      fc.property(fc.uniqueArray(metric, { minLength: 2, maxLength: 12 }), (names) => {
        const fields = names.flatMap((name) => [numberField(name), textField(name)]);
        expect(new Set(fields).size).toBe(fields.length);
      }),
    );
  });

  it("tells the kind by the name alone", () => {
    fc.assert(
      fc.property(metric, (name) => {
        expect(isTextField(textField(name))).toBe(true);
        expect(isTextField(numberField(name))).toBe(false);
      }),
    );
  });
});
