import { expect, it } from "vitest";
import { createPartitionEngine } from "../../src/engine/index.ts";
import { at, change, Collected, LogWriter } from "./harness.ts";

it("raises", () => {
  const log = new LogWriter();
  const engine = createPartitionEngine(0);
  const out = new Collected();
  engine.applyRule(
    change({
      id: "hot",
      condition: { metric: "t", above: { warning: 80, critical: 90 }, clearBelow: 75, for: "30s" },
      actions: [{ command: { name: "shut" } }],
    }),
    out,
  );
  const put = (e: number, v: number, r = e) => {
    const entry = log.append(
      {
        gateway: "g",
        epoch: 1,
        n: log.n("g"),
        receivedAt: at(r),
        device: "d",
        eventTime: at(e),
        readings: [{ metric: "t", number: v }],
      },
      at(r),
    );
    engine.applyRecord(entry.record, entry.at, out);
  };
  const mark = (r: number) => {
    const entry = log.append({ gateway: "g", epoch: 1, n: log.n("g"), receivedAt: at(r), mark: {} }, at(r));
    engine.applyRecord(entry.record, entry.at, out);
  };
  mark(0);
  put(1, 85);
  mark(35);
  console.log(out.take().length);
  mark(36);
  console.log(JSON.stringify(out.take(), null, 1));
  put(20, 70, 37);
  console.log(JSON.stringify(out.take()));
  const c = engine.takeChanges(true);
  const e2 = createPartitionEngine(0);
  e2.restore({ offset: log.next, states: c.states, checkpoint: c.checkpoint });
  e2.applyRule(
    change({
      id: "hot",
      condition: { metric: "t", above: { warning: 80, critical: 90 }, clearBelow: 75, for: "30s" },
      actions: [{ command: { name: "shut" } }],
    }),
    out,
  );
  const c2 = e2.takeChanges(true);
  expect(c2.states.length).toEqual(c.states.length);
  console.log(c2.states.map((s) => [s.rule, s.device, s.state.length]));
});
