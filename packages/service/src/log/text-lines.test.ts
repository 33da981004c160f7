import { describe, expect, it } from "vitest";
import { InvariantError } from "@headwater/core";
import { LogUnavailableError } from "@headwater/event-log";
import { createLogger, type LogFormat } from "./index.ts";

function logged(format: LogFormat, isTTY = false) {
  const lines: string[] = [];
  const logger = createLogger({
    ...{ component: "gateway", level: "debug", format },
    destination: { write: (line) => lines.push(line), isTTY },
  });
  return { logger, lines };
}

/** Without colours. */
function plain(line: string | undefined): string {
  // oxlint-disable-next-line no-control-regex -- a colour begins with the escape character
  return (line ?? "").replaceAll(/\u001B\[\d+m/g, "");
}

describe("the format of log lines", () => {
  it.each([
    ["auto", true, "text"],
    ["auto", false, "JSON"],
    ["json", true, "JSON"],
    ["text", false, "text"],
  ] as const)("%s, on a terminal: %s, is %s", (format, isTTY, expected) => {
    const { logger, lines } = logged(format, isTTY);
    logger.info("x");
    expect(lines[0]!.startsWith("{") ? "JSON" : "text").toBe(expected);
  });
});

describe("a log line for people", () => {
  it("is time of day, level, component, message and facts", () => {
    const { logger, lines } = logged("text");
    logger.child({ partition: 3 }).warn({ device: "boiler 1", ranges: [[1, 2]] }, "behind");
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(
      /^\d\d:\d\d:\d\d\.\d{3} warn {2}gateway {5}behind partition=3 device="boiler 1" ranges=\[ \[ 1, 2 \] \]\n$/,
    );
  });

  it("has colours on a terminal alone", () => {
    const { logger, lines } = logged("auto", true);
    logger.error("x");
    expect(lines[0]).not.toBe(plain(lines[0]));
    expect(plain(lines[0])).toMatch(/^\d\d:\d\d:\d\d\.\d{3} error gateway {5}x\n$/);
  });

  it("shows an error that has advice with its causes and details, without a stack", () => {
    const { logger, lines } = logged("text");
    const cause = new LogUnavailableError("connect failed");
    logger.error({ err: new LogUnavailableError("the log is away", { cause, details: { broker: "a:9092" } }) }, "x");
    expect(lines[0]!.split("\n").slice(1)).toEqual([
      "    LogUnavailableError: the log is away broker=a:9092",
      "    caused by LogUnavailableError: connect failed",
      "",
    ]);
  });

  it("shows a defect with its stack", () => {
    const { logger, lines } = logged("text");
    logger.error({ err: new TypeError("a defect") }, "x");
    logger.error({ err: new InvariantError("another") }, "x");
    expect(lines[0]).toMatch(/\n {4}TypeError: a defect\n {8}at .*text-lines\.test\.ts/);
    expect(lines[1]).toMatch(/\n {4}InvariantError: another\n {8}at .*text-lines\.test\.ts/);
  });

  it("cannot be made to move the cursor by the text that it shows", () => {
    const { logger, lines } = logged("text");
    logger.error({ topic: "a\u001B[2Jb", err: new TypeError("c\u001B[2Jd") }, "e\u001B[2Jf");
    expect(lines[0]).not.toContain("\u001B");
  });

  it("has no secrets", () => {
    const { logger, lines } = logged("text");
    const secret = "c2VjcmV0LXNlY3JldC1zZWNyZXQ";
    const err = new TypeError(`refused Bearer ${secret}`, { cause: new TypeError(`https://user:${secret}@a/b`) });
    logger.child({ password: secret }).error({ headers: { authorization: secret }, err }, `sent Bearer ${secret}`);
    expect(lines[0]).toContain("[redacted]");
    expect(lines[0]).not.toContain(secret);
  });
});
