import { ConflictError, RequestError, silentLogger, UnknownOutcomeError } from "@headwater/core";
import { LogUnavailableError, type OutgoingRecord, type Position } from "@headwater/event-log";
import { describe, expect, it } from "vitest";
import { parsePrecondition } from "../http/precondition.ts";
import { FoldOutcomes } from "./fold-outcomes.ts";
import { performWrite, type Write } from "./perform-write.ts";

interface Counter {
  readonly revision: number;
  readonly value: number;
  readonly deleted?: boolean;
}

interface CounterEvent {
  readonly revision: number;
  readonly value: number;
  readonly writeId: string;
}

const position = (offset: number): Position => ({ topic: "counters", partition: 0, offset });

/** A log of one counter and its fold: the first event of the next revision wins. */
class CounterLog {
  readonly events: CounterEvent[] = [];
  readonly outcomes = new FoldOutcomes<Counter>();
  state: Counter | undefined;
  /** What happens to the next appends; then they succeed. */
  readonly faults: (Error | "unknown" | "overtaken" | "hang")[] = [];
  folds = true;

  land(event: CounterEvent): number {
    this.events.push(event);
    if (this.folds) {
      const accepted = event.revision === (this.state?.revision ?? 0) + 1;
      if (accepted) this.state = { revision: event.revision, value: event.value };
      this.outcomes.folded(event.writeId, accepted, this.state);
    }
    return this.events.length - 1;
  }

  async append(_topic: string, [record]: readonly OutgoingRecord[]) {
    const event = JSON.parse(Buffer.from(record!.value!).toString()) as CounterEvent;
    const fault = this.faults.shift();
    if (fault === "hang") return new Promise<never>(() => {});
    if (fault === "overtaken") this.land({ revision: event.revision, value: 1000, writeId: "of another" });
    if (fault === "unknown") {
      this.land(event);
      throw new UnknownOutcomeError("No answer came");
    }
    if (fault instanceof Error) throw fault;
    return [{ ...position(this.land(event)), baseOffset: this.events.length - 1, count: 1 }];
  }

  async waitFor(): Promise<void> {
    if (!this.folds) throw new RequestError(504, "read-model-behind", "not yet");
  }

  add(amount: number, more: Partial<Write<Counter>> = {}, timeoutMs = 2000) {
    return performWrite<Counter>(
      {
        topic: "counters",
        subject: "counter",
        read: () => this.state,
        revisionOf: ({ revision, deleted }) => (deleted === true ? undefined : revision),
        decide: (state, { writeId }) => {
          const event = { revision: (state?.revision ?? 0) + 1, value: (state?.value ?? 0) + amount, writeId };
          return { key: "c", value: Buffer.from(JSON.stringify(event)) };
        },
        outcomes: this.outcomes,
        ...more,
      },
      { log: this, logger: silentLogger, timeoutMs, model: this },
    );
  }
}

describe("a write", () => {
  it("resolves with the state right after its event, and where that lies", async () => {
    const log = new CounterLog();
    expect(await log.add(1)).toEqual({ state: { revision: 1, value: 1 }, position: position(0) });
    expect(await log.add(2)).toEqual({ state: { revision: 2, value: 3 }, position: position(1) });
  });

  it("that has nothing to change appends nothing", async () => {
    const log = new CounterLog();
    await log.add(1);
    const context = { log, logger: silentLogger, timeoutMs: 100, model: log };
    const same = await performWrite<Counter>(
      { topic: "counters", subject: "counter", read: () => log.state, decide: () => undefined, outcomes: log.outcomes },
      context,
    );
    expect(same).toEqual({ state: { revision: 1, value: 1 }, position: undefined });
    expect(log.events).toHaveLength(1);
  });

  it("rejects with what its decision throws, and appends nothing", async () => {
    const log = new CounterLog();
    const decide = () => {
      throw new RequestError(404, "counter-unknown", "There is none");
    };
    await expect(log.add(1, { decide })).rejects.toMatchObject({ status: 404 });
    expect(log.events).toEqual([]);
  });

  it("that lost is decided again on what the winner left", async () => {
    const log = new CounterLog();
    log.faults.push("overtaken", "overtaken");
    expect((await log.add(1)).state).toEqual({ revision: 3, value: 1001 });
  });

  it("that keeps losing is given up with 409", async () => {
    const log = new CounterLog();
    log.faults.push(...Array.from({ length: 5 }, () => "overtaken" as const));
    await expect(log.add(1)).rejects.toMatchObject({ status: 409, code: "conflict" });
  });

  it("that is answered late is recognised by its write id, also if it landed twice", async () => {
    const log = new CounterLog();
    log.faults.push("unknown");
    expect(await log.add(1)).toEqual({ state: { revision: 1, value: 1 }, position: position(1) });
    expect(log.events[0]).toEqual(log.events[1]);
    expect(log.state).toEqual({ revision: 1, value: 1 });
  });

  it("waits for a log that is away and is then taken", async () => {
    const log = new CounterLog();
    log.faults.push(new LogUnavailableError("away"), new LogUnavailableError("away"));
    expect((await log.add(1)).state.value).toBe(1);
  });

  it("rejects with the log's error when its time is over, and with a timeout if the log never answered", async () => {
    const log = new CounterLog();
    log.faults.push(...Array.from({ length: 1000 }, () => new LogUnavailableError("The log is away")));
    await expect(log.add(1, {}, 100)).rejects.toThrow("The log is away");
    log.faults.length = 0;
    log.faults.push("hang");
    await expect(log.add(1, {}, 50)).rejects.toMatchObject({ code: "timed-out" });
  });

  it("that landed and is not folded in time says so with 504", async () => {
    const log = new CounterLog();
    log.folds = false;
    await expect(log.add(1)).rejects.toMatchObject({ status: 504, code: "read-model-behind" });
  });
});

describe("a conditional write", () => {
  it.each([
    ['"1"', true],
    ['"1", "7"', true],
    ["*", true],
    ['"2"', false],
    ['W/"1"', false],
  ])("with If-Match: %s at revision 1 succeeds: %j", async (header, succeeds) => {
    const log = new CounterLog();
    await log.add(1);
    const written = log.add(1, { precondition: parsePrecondition({ "if-match": header }) });
    if (succeeds) expect((await written).state.revision).toBe(2);
    else {
      await expect(written).rejects.toMatchObject({ status: 412, code: "conflict", details: { revision: 1 } });
      expect(log.events).toHaveLength(1);
    }
  });

  it("that lost its revision to another write answers 412; with * it is decided again", async () => {
    const log = new CounterLog();
    await log.add(1);
    log.faults.push("overtaken");
    await expect(log.add(1, { precondition: parsePrecondition({ "if-match": '"1"' }) })).rejects.toMatchObject({
      status: 412,
    });
    expect(log.state).toEqual({ revision: 2, value: 1000 });
    log.faults.push("overtaken");
    expect((await log.add(1, { precondition: parsePrecondition({ "if-match": "*" }) })).state.revision).toBe(4);
  });

  it("of what is not there answers the decision's 404, and 412 where it would be made", async () => {
    const log = new CounterLog();
    log.state = { revision: 4, value: 1, deleted: true };
    const precondition = parsePrecondition({ "if-match": '"4"' });
    await expect(log.add(1, { precondition })).rejects.toThrow(ConflictError);
    await expect(log.add(1, { precondition: parsePrecondition({ "if-match": "*" }) })).rejects.toMatchObject({
      status: 412,
    });
    const decide = () => {
      throw new RequestError(404, "counter-unknown", "There is none");
    };
    await expect(log.add(1, { precondition, decide })).rejects.toMatchObject({ status: 404 });
    expect(log.events).toEqual([]);
  });
});
