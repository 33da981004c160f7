import { events, type TelemetryInput } from "@headwater/proto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { propertyRuns } from "@headwater/testkit/property-runs";
import { emptyAccount, maxLanes, type PartitionAccount } from "./account.ts";
import { Counting } from "./counting.ts";
import { laneSums } from "./lane-sums.ts";

const nothingStored = { stored: 0, partlyStored: 0, quarantined: 0 };

function countedOn(account: PartitionAccount, records: readonly TelemetryInput[]): PartitionAccount {
  const counting = new Counting(account);
  records.forEach((record, index) => {
    counting.add(events.telemetry.decode(events.telemetry.encode(record)), account.offset + index);
  });
  return counting.account(account.offset + records.length, nothingStored, 0);
}

function counted(...records: readonly TelemetryInput[]): PartitionAccount {
  return countedOn(emptyAccount(0, 0), records);
}

const sums = (account: PartitionAccount) => laneSums(account.lanes, account.retired);
const id = (n: number, gateway = "g") => ({ gateway, epoch: 1, n });
const event = (n: number, gateway?: string): TelemetryInput => ({
  ...id(n, gateway),
  readings: [{ metric: "x", number: n }],
});
const derived = (causeOffset: number, ordinal: number): TelemetryInput => ({
  derived: { rule: "r", causeOffset, ordinal },
});
const mark = (n: number, received: number, dropped = 0): TelemetryInput => ({ ...id(n), mark: { received, dropped } });
const gap = (n: number, fromN: number, toN: number, reason = "corrupt", dropped?: number): TelemetryInput => ({
  ...id(n),
  gap: { fromN, toN, reason, dropped: dropped ?? null },
});

describe("counting a partition", () => {
  it("names every identity that a gap record stands for in the place of lost records, its own included", () => {
    const account = counted(event(1), gap(4, 2, 4, "damaged"), event(5), mark(6, 5));
    expect(account.gaps).toEqual([{ gateway: "g", epoch: 1, from: 2, to: 4, reason: "damaged" }]);
    expect(account.unexplained).toBe(0);
    expect(sums(account).missing).toBe(3);
    const single = counted(event(1), gap(2, 2, 2, "damaged"), event(3));
    expect([single.gaps.length, single.unexplained]).toEqual([1, 0]);
  });

  it("balances what a gateway received with what is in the log", () => {
    const account = counted(event(1), event(2), mark(3, 2), event(4));
    expect(account.counts).toMatchObject({ logged: 3, duplicate: 0 });
    expect(sums(account)).toEqual({ received: 2, dropped: 0, missing: 0, unmarked: 1 });
    expect([account.gaps, account.unexplained]).toEqual([[], 0]);
  });

  it("knows a duplicate by its identity, whichever record of the lane it repeats", () => {
    const account = counted(event(1), event(2), event(1), mark(3, 2), mark(3, 2), event(2));
    expect(account.counts).toMatchObject({ logged: 4, duplicate: 2 });
    expect(sums(account).missing).toBe(0);
  });

  it("counts what a gateway made of an entry of quarantine once, for each attempt", () => {
    const made = (n: number, attempt: number): TelemetryInput => ({ ...event(n), redrive: { entry: "q", attempt } });
    const records = [made(1, 1), made(2, 1), made(3, 2), made(4, 1), mark(5, 4)];
    const account = counted(...records);
    expect(account.counts).toMatchObject({ logged: 4, duplicate: 2 });
    expect([sums(account).missing, account.unexplained]).toEqual([0, 0]);
    const half = JSON.parse(JSON.stringify(counted(...records.slice(0, 1)))) as PartitionAccount;
    expect(countedOn(half, records.slice(1))).toEqual(account);
  });

  it("names what is missing, and who accounts for it, before or after it shows", () => {
    const before = counted(event(1), gap(5, 2, 4), event(6), mark(7, 5, 3));
    expect(before.gaps).toEqual([{ gateway: "g", epoch: 1, from: 2, to: 4, reason: "corrupt" }]);
    expect([before.unexplained, sums(before).missing]).toEqual([0, 0]);
    const after = counted(event(1), event(6), gap(7, 3, 4));
    expect(after.gaps).toEqual([
      { gateway: "g", epoch: 1, from: 2, to: 2 },
      { gateway: "g", epoch: 1, from: 3, to: 4, reason: "corrupt" },
      { gateway: "g", epoch: 1, from: 5, to: 5 },
    ]);
    expect(after.unexplained).toBe(2);
    const nothingLeft = counted(event(1), gap(2, 3, 5), event(6));
    expect([nothingLeft.unexplained, nothingLeft.gaps.length]).toEqual([0, 1]);
  });

  it("tells when the gateway took what is missing, and how much of it were events", () => {
    const at = (record: TelemetryInput, receivedAt: number): TelemetryInput => ({ ...record, receivedAt });
    const lost = counted(at(event(1), 100), at(event(5), 140), at(mark(6, 4), 150));
    expect(lost.gaps).toEqual([{ gateway: "g", epoch: 1, from: 2, to: 4, after: 100, before: 140, events: 2 }]);
    // Between two marks there are two gaps: which of the events was in which is not known.
    const two = counted(at(event(1), 100), at(event(3), 120), at(event(5), 140), at(mark(6, 4), 150));
    expect(two.gaps.map(({ events: each }) => each)).toEqual([undefined, undefined]);
    const named = counted(at(event(1), 100), at(gap(6, 2, 5, "drop-oldest", 3), 130), at(event(7), 140));
    expect(named.gaps).toEqual([
      { gateway: "g", epoch: 1, from: 2, to: 5, after: 100, before: 130, reason: "drop-oldest", events: 3 },
    ]);
    const ahead = counted(at(event(1), 100), at(gap(2, 3, 5, "drop-newest", 3), 105), at(event(6), 140));
    expect(ahead.gaps).toMatchObject([{ from: 3, to: 5, after: 105, events: 3 }]);
  });

  it("says what a gateway received and nobody has seen since", () => {
    expect(sums(counted(event(1), mark(2, 5)))).toMatchObject({ received: 5, missing: 4 });
  });

  it("does not count the marks among identities that are gone as dropped events", () => {
    // Nothing but marks was given up, and the account in the mark behind it counts them as events.
    const marks = counted(mark(1, 0), gap(5, 2, 4), mark(6, 0, 3));
    expect(sums(marks)).toEqual({ received: 0, dropped: 0, missing: 0, unmarked: 0 });
    const mixed = counted(event(1), mark(2, 1), gap(6, 3, 5), mark(7, 3, 3), event(8), mark(9, 4, 3));
    expect(sums(mixed)).toEqual({ received: 4, dropped: 2, missing: 0, unmarked: 0 });
    // No identity is uncertain where the gap record says how many were events: then the gateway's account is wrong.
    expect(sums(counted(gap(4, 1, 3, "drop-oldest", 3), mark(5, 0, 3))).missing).toBe(-3);
    expect(sums(counted(gap(4, 1, 3, "drop-oldest", 1), mark(5, 2, 1))).missing).toBe(1);
  });

  it("of a log that is cut takes a lane on where it is, by its first mark", () => {
    const records = [event(1000), event(1001), mark(1002, 900, 10), event(1003), mark(1004, 901, 10)];
    const account = countedOn(emptyAccount(0, 500), records);
    expect(sums(account)).toEqual({ received: 3, dropped: 0, missing: 0, unmarked: 0 });
    expect(account.unexplained).toBe(0);
    expect(sums(countedOn(account, [mark(1005, 903, 10)])).missing).toBe(2);
  });

  it("of a whole log misses the beginning of a lane that is not there", () => {
    expect(counted(event(4)).gaps).toEqual([{ gateway: "g", epoch: 1, from: 1, to: 3 }]);
  });

  it("keeps derived events and ticks out of the lanes", () => {
    const account = counted({ derived: { rule: "r" } }, { tick: {} }, event(1));
    expect(account.counts).toMatchObject({ logged: 1, derived: 1 });
    expect(account.lanes).toHaveLength(1);
  });

  it("counts a derived event once that the rules emit again after a crash", () => {
    const again = [derived(1, 1), derived(1, 2), derived(2, 1)];
    const account = counted(event(1), event(2), event(3), ...again, ...again.slice(1), derived(2, 2), ...again);
    expect(account.counts).toMatchObject({ logged: 3, duplicate: 0, derived: 4 });
    expect(account.derivedUpTo).toEqual({ causeOffset: 2, ordinal: 2 });
    // Those of 0.1 have no place, by which they could be known.
    expect(counted(derived(0, 0), derived(0, 0)).counts).toMatchObject({ derived: 2 });
  });

  it("keeps a bounded number of lanes, and the sums of all", () => {
    const lanes = Array.from({ length: maxLanes + 5 }, (_, index) => event(1, `g${index}`));
    const account = counted(...lanes);
    expect(account.lanes).toHaveLength(maxLanes);
    expect(sums(account).unmarked).toBe(maxLanes + 5);
    expect(account.lanes[0]!.gateway).toBe("g5");
  });

  it("comes to the same account wherever it was interrupted and kept as JSON", () => {
    const record = fc.oneof(
      { weight: 6, arbitrary: fc.record({ n: fc.integer({ min: 1, max: 30 }), gateway: fc.constantFrom("a", "b") }) },
      fc.record({ n: fc.integer({ min: 1, max: 30 }), mark: fc.nat({ max: 40 }) }),
      fc.record({ n: fc.integer({ min: 1, max: 30 }), from: fc.integer({ min: 1, max: 30 }) }),
      fc.record({ cause: fc.nat({ max: 9 }), ordinal: fc.nat({ max: 3 }) }),
    );
    fc.assert(
      fc.property(fc.array(record, { maxLength: 40 }), fc.nat({ max: 40 }), fc.nat({ max: 9 }), (script, at, from) => {
        const records = script.map((each) => {
          if ("gateway" in each) return event(each.n, each.gateway);
          if ("cause" in each) return derived(each.cause, each.ordinal);
          return "mark" in each ? mark(each.n, each.mark) : gap(each.n, each.from, each.from + 2);
        });
        const half = JSON.parse(
          JSON.stringify(countedOn(emptyAccount(0, from), records.slice(0, at))),
        ) as PartitionAccount;
        expect(countedOn(half, records.slice(at))).toEqual(countedOn(emptyAccount(0, from), records));
      }),
      { numRuns: propertyRuns(500) },
    );
  });
});
