import { describe } from "vitest";
import { appending } from "./append.ts";
import { consuming } from "./consume.ts";
import { following } from "./follow.ts";
import { groups } from "./groups.ts";
import type { LogUnderTest } from "./harness.ts";
import { reading } from "./read.ts";

export { childAppender } from "./child-appender.ts";
export type { AckedRecord, Appender, LogUnderTest } from "./harness.ts";

/** The contract of the event log; an adapter is right when it passes. */
export function eventLogContract(name: string, under: LogUnderTest): void {
  describe(`the event log ${name}`, () => {
    describe("append", () => appending(under));
    describe("read and topics", () => reading(under));
    describe("follow", () => following(under));
    describe("consume", () => consuming(under));
    describe("groups", () => groups(under));
  });
}
