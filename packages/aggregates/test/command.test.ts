import { describe, expect, it } from "vitest";
import { commandLimits, dueOutcome, isFinal, lateCause, requestCommand } from "../src/index.ts";
import { commandAfter, second, start, type TimedCommand } from "./given.ts";

const request = { name: "shut_valve", params: '{"valve":1}', ttlMs: 60_000, requestedBy: "ann" };
const requested: TimedCommand = [0, { requested: request }];
const claimed = (seconds: number, gateway: string, session = "s1"): TimedCommand => [
  seconds,
  { claimed: { gateway, session } },
];
const delivered = (seconds: number): TimedCommand => [seconds, { delivered: { gateway: "g1", session: "s1" } }];
const succeeded = (seconds: number, result = ""): TimedCommand => [seconds, { succeeded: { result } }];

describe("a command", () => {
  it("goes from requested to claimed, delivered and succeeded", () => {
    expect(commandAfter(requested)).toEqual({
      id: "c1",
      device: "d1",
      name: "shut_valve",
      params: '{"valve":1}',
      ttlMs: 60_000,
      requestedAt: start,
      requestedBy: "ann",
      deadline: start + 60 * second,
      status: "requested",
      redeliver: false,
      position: { topic: "commands.v1", partition: 3, offset: 0 },
    });
    const state = commandAfter(requested, claimed(1, "g1"), delivered(2), succeeded(3, '{"shut":true}'));
    expect(state).toMatchObject({
      status: "succeeded",
      claim: { gateway: "g1", session: "s1", at: start + second },
      deliveredAt: start + 2 * second,
      endedAt: start + 3 * second,
      result: '{"shut":true}',
    });
  });

  it("is requested once, whatever a repetition says", () => {
    const again: TimedCommand = [9, { requested: { ...request, name: "open_valve", ttlMs: 1 } }];
    expect(commandAfter(requested, again)).toEqual(commandAfter(requested));
  });

  it("is unknown while its request is not in the log", () => {
    expect(commandAfter(claimed(1, "g1"), delivered(2))).toBeUndefined();
  });

  it("hears nothing of another device, whatever id that one names", () => {
    const foreign: TimedCommand = [3, { device: "d2", succeeded: { result: "" } }];
    expect(commandAfter(requested, foreign)).toEqual(commandAfter(requested));
  });

  it("belongs to the first claim", () => {
    const state = commandAfter(requested, claimed(1, "g1"), claimed(2, "g2"), claimed(3, "g1"));
    expect(state?.claim).toEqual({ gateway: "g1", session: "s1", at: start + second });
  });

  it("can be taken over if it asks for redelivery, until it is delivered", () => {
    const redeliver: TimedCommand = [0, { requested: { ...request, redeliver: true } }];
    expect(commandAfter(redeliver, claimed(1, "g1"), claimed(2, "g2"))?.claim?.gateway).toBe("g2");
    expect(commandAfter(redeliver, claimed(1, "g1"), delivered(2), claimed(3, "g2"))?.claim?.gateway).toBe("g1");
  });

  it("keeps its first final state", () => {
    const late: TimedCommand = [62, { timedOut: { reason: "no reply" } }];
    expect(commandAfter(requested, claimed(1, "g1"), succeeded(5), late)?.status).toBe("succeeded");
    expect(commandAfter(requested, claimed(1, "g1"), late, succeeded(63))).toMatchObject({
      status: "timed-out",
      reason: "no reply",
      endedAt: start + 62 * second,
    });
  });

  it("may be replied to before its delivery is on record", () => {
    const state = commandAfter(requested, claimed(1, "g1"), succeeded(2), delivered(3));
    expect(state).toMatchObject({ status: "succeeded", deliveredAt: start + 3 * second, endedAt: start + 2 * second });
  });

  it.each([
    ["failed", { failed: { result: "1" } }],
    ["rejected", { rejected: { result: "1" } }],
    ["expired", { expired: { reason: "nobody" } }],
    ["timed-out", { timedOut: { reason: "silence" } }],
  ] as const)("is final once it is %s", (status, event) => {
    const state = commandAfter(requested, [60, event])!;
    expect(state.status).toBe(status);
    expect(isFinal(state)).toBe(true);
  });
});

describe("a command's deadline", () => {
  it("ends what nobody claimed as expired, and what was claimed or delivered as timed out", () => {
    const deadline = start + 60 * second;
    expect(dueOutcome(commandAfter(requested)!, deadline - 1)).toBeUndefined();
    expect(dueOutcome(commandAfter(requested)!, deadline)).toBe("expired");
    expect(dueOutcome(commandAfter(requested, claimed(1, "g1"))!, deadline)).toBe("timed-out");
    expect(dueOutcome(commandAfter(requested, claimed(1, "g1"), delivered(2))!, deadline)).toBe("timed-out");
    expect(dueOutcome(commandAfter(requested, succeeded(2))!, deadline)).toBeUndefined();
  });

  it("lies in safe integers, however long the ttl", () => {
    const endless: TimedCommand = [0, { requested: { ...request, ttlMs: Number.MAX_SAFE_INTEGER } }];
    expect(commandAfter(endless)?.deadline).toBe(Number.MAX_SAFE_INTEGER);
  });
});

describe("an end that was appended before the deadline", () => {
  it("does not count: the clock of who wrote it runs ahead of the log's", () => {
    expect(commandAfter(requested, [59.9, { expired: { reason: "" } }])).toEqual(commandAfter(requested));
    expect(commandAfter(requested, [59.9, { timedOut: { reason: "" } }], succeeded(59.95))?.status).toBe("succeeded");
    expect(commandAfter(requested, [59.9, { failed: { result: "" } }])?.status).toBe("failed");
  });
});

describe("a command whose cause lies in the past", () => {
  const because = (eventTime: number): TimedCommand => [
    0,
    { requested: { ...request, cause: { alertId: "a", rule: "r", transition: 1, action: 0, eventTime } } },
  ];

  it("is late by more than its ttl only", () => {
    expect(lateCause(commandAfter(because(start - 61 * second))!)).toBe(true);
    expect(lateCause(commandAfter(because(start - 60 * second))!)).toBe(false);
    expect(lateCause(commandAfter(because(start + 9 * second))!)).toBe(false);
    expect(lateCause(commandAfter(requested)!)).toBe(false);
    expect(commandAfter(because(start - 61 * second), [0.01, { expired: { reason: "late" } }])?.status).toBe("expired");
  });
});

describe("a command that a rule asks for", () => {
  const because = (time: number): TimedCommand => [
    0,
    { requested: { ...request, cause: { alertId: "a", rule: "r", transition: 1, action: 0, eventTime: 1, time } } },
  ];

  it("has its deadline the ttl after the time of its cause, whatever the event time", () => {
    const state = commandAfter(because(start - 10 * second))!;
    expect(state.deadline).toBe(start + 50 * second);
    expect([lateCause(state), dueOutcome(state, start + 50 * second)]).toEqual([false, "expired"]);
    expect(commandAfter(because(start - 10 * second), [50, { expired: { reason: "" } }])?.status).toBe("expired");
    expect(commandAfter(because(start - 10 * second), [49, { expired: { reason: "" } }])?.status).toBe("requested");
  });

  it("is late by more than its ttl only", () => {
    expect(lateCause(commandAfter(because(start - 61 * second))!)).toBe(true);
    expect(lateCause(commandAfter(because(start - 60 * second))!)).toBe(false);
  });

  it("has no later deadline than one without a cause, whatever time is written there", () => {
    expect(commandAfter(because(start + 3600 * second))?.deadline).toBe(start + 60 * second);
  });

  it("keeps the deadline of its first request", () => {
    const again: TimedCommand = [5, because(start)[1]];
    expect(commandAfter(because(start - 10 * second), again)?.deadline).toBe(start + 50 * second);
  });
});

describe("asking for a command", () => {
  const asked = { id: "c1", device: "d1", name: "reboot", requestedBy: "ann", incarnation: 0, at: start };

  it("has a default ttl and no params unless told", () => {
    expect(requestCommand(asked).requested).toEqual({
      name: "reboot",
      params: "",
      ttlMs: commandLimits.defaultTtlMs,
      requestedBy: "ann",
      redeliver: false,
      life: 1,
    });
  });

  it.each([
    [{ name: "" }, /name of 1 to 128/],
    [{ name: "x".repeat(129) }, /name of 1 to 128/],
    [{ name: "a\u0000" }, /control characters/],
    [{ ttlMs: 0 }, /between 1 ms and 7 days/],
    [{ ttlMs: 8 * 86_400_000 }, /between 1 ms and 7 days/],
    [{ ttlMs: 1.5 }, /between 1 ms and 7 days/],
    [{ params: "x".repeat(65_536) }, /at most 65536 bytes/],
  ])("is refused with %j", (wrong, message) => {
    expect(() => requestCommand({ ...asked, ...wrong })).toThrow(message);
  });
});
