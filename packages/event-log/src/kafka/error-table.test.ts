import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { kafkaErrorCode, kafkaErrorCodes } from "./error-table.ts";
import { brokerError, isKnownCode, isTransient, protocolErrorType } from "./kafka-errors.ts";

interface JavaError {
  readonly code: number;
  readonly name: string;
  readonly retriable: boolean;
}

const ofJava = JSON.parse(
  readFileSync(new URL("../../test/golden/kafka-errors.json", import.meta.url), "utf8"),
) as readonly JavaError[];

describe("the table of Kafka's error codes", () => {
  it("has every code that the Java client has, by the same name", () => {
    expect(kafkaErrorCodes.map(({ code, name }) => [code, name])).toEqual(ofJava.map(({ code, name }) => [code, name]));
  });

  it("retries what the Java client retries", () => {
    const again = new Set(["retry", "leader", "coordinator"]);
    for (const { code, name, retriable } of ofJava) {
      if (retriable) expect(again, name).toContain(kafkaErrorCode(code).kind);
    }
  });

  it("names the error of a code that the client below does not know", () => {
    const throttled = brokerError(89);
    expect([protocolErrorType(throttled), isTransient(throttled)]).toEqual(["THROTTLING_QUOTA_EXCEEDED", true]);
    expect([isTransient(brokerError(2)), isTransient(brokerError(87)), isTransient(brokerError(110))]).toEqual([
      true,
      false,
      false,
    ]);
  });

  it("takes the code of a newer Kafka for one that may pass, and says which it was", () => {
    const newer = brokerError(998);
    expect([newer.type, isTransient(newer), isKnownCode(newer)]).toEqual(["UNKNOWN_ERROR_998", true, false]);
    expect(newer.message).toContain("998");
  });
});
