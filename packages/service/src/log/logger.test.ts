import { describe, expect, it } from "vitest";
import { InvariantError, silentLogger } from "@headwater/core";
import { LogUnavailableError } from "@headwater/event-log";
import { type LogLevel, createLogger } from "./index.ts";

function logged(level?: LogLevel) {
  const lines: string[] = [];
  const logger = createLogger({ component: "gateway", level, destination: { write: (line) => lines.push(line) } });
  return { logger, lines, last: () => JSON.parse(lines.at(-1)!) as Record<string, unknown> };
}

describe("a log line", () => {
  it("is JSON with level, time, component, message and facts", () => {
    const { logger, last, lines } = logged();
    logger.info({ device: "boiler-1", count: 3 }, "a device came");
    expect(lines[0]).toMatch(/\n$/);
    expect(last()).toMatchObject({
      level: "info",
      component: "gateway",
      msg: "a device came",
      device: "boiler-1",
      count: 3,
    });
    expect(last()["time"]).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  });

  it("has the facts of the child's parents", () => {
    const { logger, last } = logged();
    logger.child({ topic: "telemetry.v1" }).child({ partition: 3 }).warn("behind");
    expect(last()).toMatchObject({ level: "warn", topic: "telemetry.v1", partition: 3, msg: "behind" });
  });

  it("has each key once: the nearest says what it is", () => {
    const { logger, lines, last } = logged();
    const child = logger.child({ component: "rules", partition: 1 }).child({ partition: 2 });
    child.info({ partition: 3, topic: "alerts.v1" }, "x");
    expect(last()).toMatchObject({ component: "rules", partition: 3, topic: "alerts.v1" });
    for (const key of ["component", "partition", "level", "time", "msg"]) {
      expect(lines[0]!.split(`"${key}":`)).toHaveLength(2);
    }
    child.info("y");
    logger.info("z");
    expect(JSON.parse(lines[1]!)).toMatchObject({ partition: 2, msg: "y" });
    expect(last()).toMatchObject({ component: "gateway", msg: "z" });
  });

  it("keeps a child's facts as they were when the child was made", () => {
    const { logger, last } = logged();
    const facts = { topic: "a" };
    const child = logger.child(facts);
    facts.topic = "b";
    child.info("x");
    expect(last()["topic"]).toBe("a");
  });

  it("is left out below the level", () => {
    const { logger, lines } = logged("warn");
    logger.info("no");
    logger.debug("no");
    logger.error("yes");
    expect(lines).toHaveLength(1);
  });

  it("shows an error with its kind, advice, details and causes", () => {
    const { logger, last } = logged();
    const cause = Object.assign(new TypeError("connect failed"), { code: "ECONNREFUSED" });
    logger.error(
      {
        err: new LogUnavailableError("the log is away", { cause, details: { broker: "a:9092", password: "hunter2" } }),
      },
      "x",
    );
    expect(last()["err"]).toMatchObject({
      type: "LogUnavailableError",
      code: "log-unavailable",
      advice: "retry",
      message: "the log is away",
      details: { broker: "a:9092", password: "[redacted]" },
      cause: { type: "TypeError", code: "ECONNREFUSED", message: "connect failed" },
    });
    expect((last()["err"] as { stack: string }).stack).toContain("logger.test.ts");
  });

  it("bears whatever it is given", () => {
    const { logger, last, lines } = logged();
    const circular: Record<string, unknown> = { name: "loop" };
    circular["self"] = circular;
    const cyclic = new InvariantError("outer");
    Object.assign(cyclic, { cause: cyclic });
    logger.info(
      {
        circular,
        err: cyclic,
        big: 2n ** 64n,
        bytes: new Uint8Array(5),
        many: Array.from({ length: 500 }, () => 1),
        map: new Map([["token", "x"]]),
      },
      "odd",
    );
    expect(last()).toMatchObject({ big: "18446744073709551616", bytes: "<5 bytes>", map: { token: "[redacted]" } });
    expect(lines[0]!.length).toBeLessThan(100_000);
  });
});

describe("secrets in a log line", () => {
  const secret = "c2VjcmV0LXNlY3JldC1zZWNyZXQ";

  it.each([
    { authorization: secret },
    { headers: { Authorization: `Bearer ${secret}` } },
    { a: { b: { c: { d: { e: { password: secret } } } } } },
    { list: [{ accessToken: secret }] },
    { kafka: { sasl: { saslPassword: secret } } },
    { client_secret: secret, "x-api-key": secret, privateKey: secret, credentials: { any: secret } },
    { tokens: [secret] },
    { "set-cookie": secret },
    { note: `sent Authorization: Bearer ${secret}` },
    { url: `https://user:${secret}@influx.example/api` },
  ])("are replaced: %j", (facts) => {
    const { logger, lines } = logged();
    logger.info(facts, "x");
    logger.child(facts).info("y");
    logger.info(`Bearer ${secret}`);
    expect(lines).toHaveLength(3);
    expect(lines.join("")).not.toContain(secret);
    for (const line of lines) expect(() => JSON.parse(line)).not.toThrow();
  });

  it("are not taken for what merely has such a name", () => {
    const { logger, last } = logged();
    const facts = { tokens: 3, hasPassword: true, tokenCount: 4, author: "me", broker: "kafka://a:9092" };
    logger.info(facts, "x");
    expect(last()).toMatchObject(facts);
  });

  it("leave the caller's object as it was", () => {
    const facts = { password: secret };
    logged().logger.info(facts, "x");
    silentLogger.info(facts, "x");
    expect(facts).toEqual({ password: secret });
  });
});
