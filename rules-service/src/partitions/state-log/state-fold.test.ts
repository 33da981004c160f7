import { describe, expect, it } from "vitest";
import { events } from "@headwater/proto";
import type { LogRecord } from "@headwater/event-log";
import { StateFold, type OnSkipped } from "./state-fold.ts";
import { ownerEpochHeader, stateKeys } from "./state-keys.ts";

type Input = Parameters<typeof events.ruleState.encode>[0];

/** A state log written line by line. */
class Written {
  readonly #records: LogRecord[] = [];

  claim(): number {
    return this.#append(`claim/${this.#records.length}`, { claim: { instance: "i" } });
  }

  state(epoch: number, device: string, covers: number, state = "s"): void {
    const key = stateKeys.state(epoch, "rule", device);
    this.#append(key, {
      ownerEpoch: epoch,
      state: { rule: "rule", device, covers, version: 1, state: Buffer.from(state) },
    });
  }

  /** Of so many devices, all alike. */
  states(ownerEpoch: number, count: number): void {
    const state = { rule: "rule", device: "any", covers: 1, version: 1, state: Buffer.from("s") };
    const value = events.ruleState.encode({ ownerEpoch, state });
    for (let n = 0; n < count; n++) this.#push(stateKeys.state(ownerEpoch, "rule", `${n}`), value, {});
  }

  checkpoint(epoch: number, offset: number, complete = true, more: Input["checkpoint"] = {}): void {
    this.#append(stateKeys.checkpoint(epoch), { ownerEpoch: epoch, checkpoint: { offset, complete, ...more } });
  }

  effective(epoch: number, position: number, fromOffset: number): void {
    const source = { topic: "rules.v1", partition: 0, offset: position };
    const effective = { topic: "rules.v1", partition: 0, position, fromOffset, warmFrom: fromOffset };
    this.#append(stateKeys.effective(epoch, source), { ownerEpoch: epoch, effective });
  }

  tombstone(epoch: number, key: string): void {
    this.#push(key, null, { [ownerEpochHeader]: Buffer.from(String(epoch)) });
  }

  garbage(key: string): void {
    this.#push(key, Buffer.from([0xff, 0xfe, 0x5f]), {});
  }

  fold(onSkipped?: OnSkipped) {
    const fold = new StateFold(onSkipped);
    for (const record of this.#records) fold.apply(record);
    return fold.result();
  }

  #append(key: string, record: Input): number {
    return this.#push(key, events.ruleState.encode(record), {});
  }

  #push(key: string, value: Uint8Array | null, headers: Record<string, Uint8Array>): number {
    const offset = this.#records.length;
    this.#records.push({ offset, appendTime: 0, key: Buffer.from(key), value, headers });
    return offset;
  }
}

const devicesOf = (states: readonly { device: string }[]) => states.map(({ device }) => device);

describe("a state log", () => {
  it("says nothing when it is new", () => {
    expect(new Written().fold()).toEqual({
      checkpoint: undefined,
      states: [],
      effectives: [],
      claims: [],
      superseded: [],
    });
  });

  it("keeps what an owner wrote last, also where a copy of what it wrote before lands after it", () => {
    const log = new Written();
    const epoch = log.claim();
    log.state(epoch, "a", 10, "older");
    log.checkpoint(epoch, 10);
    log.state(epoch, "a", 20, "newer");
    log.checkpoint(epoch, 20);
    // The network held them while the identical append was repeated.
    log.state(epoch, "a", 10, "older");
    log.checkpoint(epoch, 10);
    const { checkpoint, states } = log.fold();
    expect(checkpoint?.offset).toBe(20);
    expect(states.map(({ state }) => Buffer.from(state).toString())).toEqual(["newer"]);
  });

  it("restores the highest epoch with a complete checkpoint", () => {
    const log = new Written();
    const first = log.claim();
    log.state(first, "a", 10);
    log.checkpoint(first, 10);
    const second = log.claim();
    log.state(second, "b", 20);
    const { checkpoint, states } = log.fold();
    expect(checkpoint).toMatchObject({ epoch: first, offset: 10 });
    expect(devicesOf(states)).toEqual(["a"]);
    log.checkpoint(second, 20);
    expect(log.fold().checkpoint).toMatchObject({ epoch: second, offset: 20 });
    expect(devicesOf(log.fold().states)).toEqual(["b"]);
  });

  it("gives the clock back field by field, zeros included", () => {
    const log = new Written();
    const owner = log.claim();
    const times = { promise: 5, corrected: 4, skew: 0, markedAt: 0, heardAt: 0 };
    const flags = { offline: false, straggling: false };
    const lists = { skews: [{ minute: 0, skew: 0 }], outages: [] };
    const gateway = { gateway: "g", epoch: 0, ...times, ...lists, ...flags };
    log.checkpoint(owner, 0, true, { gateways: [gateway], seen: [{ gateway: "g", epoch: 1, n: 0 }] });
    // As whoever copies them sees them.
    expect(structuredClone(log.fold().checkpoint!.state)).toEqual({
      ...{ clock: 0, lastTick: 0, gateways: [gateway] },
      seen: [{ gateway: "g", epoch: 1, n: 0, heardAt: 0 }],
    });
  });

  it("keeps a state that covers more than the checkpoint: its owner died before the next one", () => {
    const log = new Written();
    const owner = log.claim();
    log.state(owner, "a", 10);
    log.checkpoint(owner, 10);
    log.state(owner, "a", 15, "newer");
    const { checkpoint, states } = log.fold();
    expect(checkpoint!.offset).toBe(10);
    expect(states).toMatchObject([{ device: "a", covers: 15 }]);
  });

  it("believes nothing that a former owner wrote after its successor's claim", () => {
    const log = new Written();
    const former = log.claim();
    log.effective(former, 1, 5);
    log.checkpoint(former, 10);
    const owner = log.claim();
    log.state(former, "a", 30);
    log.checkpoint(former, 30);
    log.effective(former, 2, 30);
    const { checkpoint, states, effectives, superseded } = log.fold();
    expect(checkpoint).toMatchObject({ epoch: former, offset: 10 });
    expect(states).toEqual([]);
    expect(effectives.map(({ source }) => source.offset)).toEqual([1]);
    expect(superseded).toContain(stateKeys.state(former, "rule", "a"));
    log.checkpoint(owner, 12);
    expect(log.fold().checkpoint).toMatchObject({ epoch: owner, offset: 12 });
  });

  it("keeps what a former owner removed after its successor's claim", () => {
    const log = new Written();
    const first = log.claim();
    log.state(first, "a", 10);
    log.checkpoint(first, 10);
    const former = log.claim();
    const owner = log.claim();
    log.tombstone(former, stateKeys.state(first, "rule", "a"));
    log.tombstone(former, stateKeys.checkpoint(first));
    expect(log.fold().checkpoint).toMatchObject({ epoch: first });
    expect(devicesOf(log.fold().states)).toEqual(["a"]);
    log.tombstone(owner, stateKeys.state(first, "rule", "a"));
    expect(log.fold().states).toEqual([]);
  });

  it("takes the first of an effective whose append was repeated, in log order with the others", () => {
    const log = new Written();
    const owner = log.claim();
    log.effective(owner, 3, 7);
    log.effective(owner, 3, 7);
    log.effective(owner, 1, 8);
    expect(log.fold().effectives.map(({ source, stateLogOffset }) => [source.offset, stateLogOffset])).toEqual([
      [3, 1],
      [1, 3],
    ]);
  });

  it("keeps an effective whose append was repeated after its successor's claim", () => {
    const log = new Written();
    const former = log.claim();
    log.effective(former, 1, 5);
    log.checkpoint(former, 10);
    log.claim();
    log.effective(former, 1, 5);
    const { effectives, superseded } = log.fold();
    expect(effectives.map(({ source }) => source.offset)).toEqual([1]);
    expect(superseded).toEqual([stateKeys.checkpoint(former)]);
  });

  it("bears as many states as there are", () => {
    const log = new Written();
    const owner = log.claim();
    log.states(owner, 150_000);
    log.checkpoint(owner, 10);
    const { states, superseded } = log.fold();
    expect(states).toHaveLength(150_000);
    expect(superseded).toHaveLength(150_001);
  });

  it("skips what no owner can have written, and has garbage removed with what is superseded", () => {
    const log = new Written();
    const owner = log.claim();
    log.state(owner, "a", 10);
    log.checkpoint(owner, 10);
    log.checkpoint(7, 99);
    log.garbage(stateKeys.checkpoint(owner));
    log.garbage("");
    const skipped: (readonly [number, string])[] = [];
    const { checkpoint, states, superseded } = log.fold((offset, reason) => skipped.push([offset, reason]));
    expect(checkpoint).toMatchObject({ epoch: owner, offset: 10 });
    expect(devicesOf(states)).toEqual(["a"]);
    expect(superseded).toContain(stateKeys.checkpoint(owner));
    expect(skipped).toEqual([
      [3, "implausible"],
      [4, "undecodable"],
      [5, "undecodable"],
    ]);
  });
});
