import { describe, expect, it } from "vitest";
import { childTrace, formatTraceparent, newTrace, parseTraceparent } from "./index.ts";

const example = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

describe("traceparent", () => {
  it("reads the specification's example and writes it again", () => {
    const context = parseTraceparent(example);
    expect(context).toEqual({
      traceId: "4bf92f3577b34da6a3ce929d0e0e4736",
      parentId: "00f067aa0ba902b7",
      sampled: true,
    });
    expect(formatTraceparent(context!)).toBe(example);
    expect(parseTraceparent(Buffer.from(example))).toEqual(context);
  });

  it("takes a later version with more fields as far as it knows it", () => {
    expect(parseTraceparent(`cc${example.slice(2)}-what-the-future-will-be-like`)).toMatchObject({ sampled: true });
  });

  it.each([
    undefined,
    "",
    `ff${example.slice(2)}`,
    `${example}-more`,
    example.toUpperCase(),
    `00-${"0".repeat(32)}-00f067aa0ba902b7-01`,
    `00-4bf92f3577b34da6a3ce929d0e0e4736-${"0".repeat(16)}-01`,
    example.slice(0, -1),
  ])("does not take %j", (header) => {
    expect(parseTraceparent(header)).toBeUndefined();
  });

  it("begins traces of their own, and spans of the same trace", () => {
    const trace = newTrace(true);
    expect(parseTraceparent(formatTraceparent(trace))).toEqual(trace);
    expect(newTrace(true).traceId).not.toBe(trace.traceId);
    const child = childTrace(trace);
    expect(child).toMatchObject({ traceId: trace.traceId, sampled: true });
    expect(child.parentId).not.toBe(trace.parentId);
  });
});
