import { expect, it } from "vitest";
import { WarmUpRun } from "../../src/engine/warm-up.ts";
import { at, change, LogWriter } from "./harness.ts";

it("keeps nothing of an episode that was over long before the rule becomes live", () => {
  const rule = change({ id: "hot", condition: { metric: "t", above: 80 } });
  const warmUp = new WarmUpRun([rule], 0);
  const log = new LogWriter();
  // Two devices are hot at first, one of them for good; readings come every second.
  for (let time = 0; time < 600; time++) {
    for (const device of ["over", "open"]) {
      const number = time < 10 || device === "open" ? 90 : 20;
      const input = { gateway: "g", epoch: 1, n: log.n("g"), receivedAt: at(time), device, eventTime: at(time) };
      const { record, at: position } = log.append({ ...input, readings: [{ metric: "t", number }] }, at(time));
      warmUp.applyRecord(record, position);
    }
  }
  expect(warmUp.takeInstance("hot", "over")).toBeUndefined();
  expect(warmUp.takeInstance("hot", "open")?.open?.raisedAt).toBe(at(0));
});

it("keeps what one reading raises of many rules once", () => {
  const rules = [70, 80].map((above) => change({ id: `over-${above}`, condition: { metric: "t", above } }));
  const warmUp = new WarmUpRun(rules, 0);
  const log = new LogWriter();
  for (const [time, number] of [20, 90, 91].entries()) {
    const input = { gateway: "g", epoch: 1, n: log.n("g"), receivedAt: at(time), device: "d", eventTime: at(time) };
    const { record, at: position } = log.append({ ...input, readings: [{ metric: "t", number }] }, at(time));
    warmUp.applyRecord(record, position);
  }
  const [one, other] = [warmUp.takeInstance("over-70", "d")!, warmUp.takeInstance("over-80", "d")!];
  expect(one.state.episode.raisedAt).toBe(at(1));
  expect(one.state).toBe(other.state);
  expect(one.history).toBe(other.history);
  expect(one.open).not.toBe(other.open);
});
