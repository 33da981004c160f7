import { describe, expect, it } from "vitest";
import { RecentPublishes, RecentSessions, sessionKey } from "./recent-publishes.ts";

const minute = 60_000;
const session = (): RecentPublishes => new RecentPublishes(sessionKey("d/c"));

describe("a message that is sent again", () => {
  it("is known in the same connection and in the next", () => {
    const recent = session();
    recent.begin(0, true);
    recent.add(1, 11);
    expect(recent.has(1, 11)).toBe(true);
    recent.begin(1000, true);
    expect(recent.has(1, 11)).toBe(true);
    expect(recent.has(1, 12)).toBe(false);
    expect(recent.has(2, 11)).toBe(false);
  });

  it("is not the one before, whose packet identifier was given to another message since", () => {
    const recent = session();
    recent.begin(0, true);
    recent.add(1, 11);
    recent.add(1, 12);
    expect(recent.has(1, 11)).toBe(false);
    expect(recent.has(1, 12)).toBe(true);
  });

  it("is known however many lie between, up to the window of what was unacknowledged", () => {
    const recent = session();
    recent.begin(0, true);
    for (let id = 1; id <= 1000; id += 1) {
      recent.growTo(id);
      recent.add(id, id * 7);
    }
    expect(Array.from({ length: 1000 }, (_, i) => recent.has(i + 1, (i + 1) * 7))).not.toContain(false);
    for (let id = 1; id <= 10_000; id += 1) {
      recent.growTo(id);
      recent.add(id, id);
    }
    expect(recent.has(10_000 - 4095, 10_000 - 4095)).toBe(true);
    expect(recent.has(10_000 - 4096, 10_000 - 4096)).toBe(false);
  });

  /** Each is durable before the next one comes. */
  const oneByOne = (recent: RecentPublishes, count: number, everyMs: number): void => {
    for (let id = 1; id <= count; id += 1) recent.add(id, id, () => id * everyMs);
  };
  const known = (recent: RecentPublishes, from: number, to: number): number =>
    Array.from({ length: to - from + 1 }, (_, i) => recent.has(from + i, from + i)).filter(Boolean).length;

  it.each([1, 7, 50, 300])(
    "is known for ten seconds, whose acknowledgements may be on their way: one every %i ms",
    (everyMs) => {
      const recent = session();
      recent.begin(0, true);
      oneByOne(recent, 20_000, everyMs);
      const inTenSeconds = Math.min(4096, Math.floor(10_000 / everyMs));
      expect(known(recent, 20_001 - inTenSeconds, 20_000)).toBe(inTenSeconds);
      // And not much longer, as all of it is memory.
      expect(known(recent, 1, 20_000)).toBeLessThanOrEqual(Math.max(32, 4 * inTenSeconds));
    },
  );

  it("of a burst after a silence is known", () => {
    const recent = session();
    recent.begin(0, true);
    for (let burst = 0; burst < 40; burst += 1) {
      const from = burst * 50;
      for (let id = from + 1; id <= from + 50; id += 1) recent.add(id, id, () => burst * minute + id);
      expect(known(recent, from + 1, from + 50)).toBe(50);
    }
  });

  it("is known however often only the first of them were sent again", () => {
    const recent = session();
    recent.begin(0, true);
    oneByOne(recent, 80, 0);
    for (const again of [25, 55, 80, 40, 80]) {
      expect(known(recent, 1, 80)).toBe(80);
      oneByOne(recent, again, 0);
    }
  });

  it("of a session that ends with its connection takes no more room than what is unacknowledged", () => {
    const recent = session();
    recent.begin(0, false);
    oneByOne(recent, 1000, 1);
    expect(known(recent, 1, 1000)).toBe(32);
  });

  it("means nothing to a clean session, and nothing of a clean session means anything later", () => {
    const recent = session();
    recent.begin(0, true);
    recent.add(1, 11);
    recent.begin(1, false);
    expect(recent.has(1, 11)).toBe(false);
    recent.add(2, 22);
    expect(recent.has(2, 22)).toBe(true);
    recent.begin(2, true);
    expect(recent.has(2, 22)).toBe(false);
    expect(recent.has(1, 11)).toBe(false);
  });

  it("is known after connections that broke off at once, and after a long silence", () => {
    const recent = session();
    recent.begin(0, true);
    recent.add(1, 11);
    recent.heardAt = 10;
    for (let at = 1; at <= 5; at += 1) recent.begin(10 + at * 1000, true);
    expect(recent.has(1, 11)).toBe(true);
    recent.begin(60 * minute, true);
    expect(recent.has(1, 11)).toBe(true);
  });

  it("is a new one for a device that wakes each hour and gives every message the same packet identifier", () => {
    const recent = session();
    recent.begin(0, true);
    recent.add(1, 11);
    recent.heardAt = 10;
    // The message of the next hour is lost with its line; it comes by the connection after that.
    recent.begin(60 * minute, true);
    recent.begin(60 * minute + 1000, true);
    expect(recent.has(1, 11)).toBe(false);
  });
});

it("the sessions heard last are kept", () => {
  const sessions = new RecentSessions(2);
  const [a, b, c] = ["a", "b", "c"].map((name) => sessionKey(name)) as [never, never, never];
  const first = sessions.of(a);
  const second = sessions.of(b);
  expect(sessions.of(a)).toBe(first);
  sessions.of(c);
  expect(sessions.of(a)).toBe(first);
  expect(sessions.of(b)).not.toBe(second);
});

describe("whether identifiers rise", () => {
  const afterIds = (ids: readonly number[]): RecentPublishes => {
    const recent = session();
    recent.growTo(4096);
    recent.begin(0, true);
    for (const id of ids) recent.add(id, id);
    return recent;
  };
  const range = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);

  it.each<[string, readonly number[], boolean]>([
    ["one after the other", range(1, 102), true],
    ["too few", range(1, 101), false],
    ["with gaps", range(1, 102).map((id) => id * 3), true],
    ["round the end", [...range(65_500, 65_536), ...range(1, 80)], true],
    ["the same again", [...range(1, 90), 50, ...range(90, 102)], false],
    ["a free one is taken", Array.from({ length: 200 }, (_, i) => (i % 100) + 1), false],
    ["always the same", Array.from({ length: 200 }, () => 1), false],
    ["long ago it was otherwise", [9, 3, 5, ...range(6, 110)], true],
  ])("%s", (_name, ids, rises) => {
    expect(afterIds(ids).rises(100)).toBe(rises);
  });
});
