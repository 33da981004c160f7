import { describe, expect, it } from "vitest";
import {
  aliased,
  bdSeq,
  nodeBirth,
  rows,
  sparkplug,
  start,
  temperatureIs22,
  type Payload,
} from "../../test/sparkplug-under-test.ts";

const topic = "spBv1.0/plant/NBIRTH/line1";
const dataTopic = "spBv1.0/plant/NDATA/line1";
const longName = "x".repeat(300);

describe("a birth of which a part cannot be read is a birth all the same", () => {
  const birthWith = (...metrics: Payload["metrics"] & object): Payload => ({
    ...nodeBirth,
    metrics: [...nodeBirth.metrics!, ...metrics],
  });

  it("a name that is too long: that metric is set aside, also in data, and nothing is asked for", () => {
    const { take } = sparkplug();
    const born = take(topic, birthWith({ name: longName, type: "Int32", value: 1, alias: 77 }));
    expect(born.effects).toMatchObject({ presence: [{ device: "plant:line1", online: true }] });
    expect(born.effects!.quarantine).toContain("1 to 256 characters");
    expect(rows(born).map(([metric]) => metric)).toContain("Temperature");

    expect(rows(take(dataTopic, aliased(1, temperatureIs22)))[0]!.slice(0, 3)).toEqual(["Temperature", 22, "Cel"]);
    for (const [seq, metric] of [{ alias: 77 }, { name: longName }].entries()) {
      const both = { ...metric, type: "Int32" as const, value: 5 };
      const data = take(dataTopic, { timestamp: start, seq: seq + 2, metrics: [both] });
      expect([data.effects!.quarantine, data.effects!.publish]).toEqual([
        expect.stringContaining("1 to 256"),
        undefined,
      ]);
    }
  });

  it("an alias of several metrics stands for none: they are read by their names", () => {
    const { take } = sparkplug();
    const metrics = ["a", "b", "c"].map((name, i) => ({ name, type: "Int32" as const, value: i, alias: 1 }));
    const born = take(topic, { timestamp: start, seq: 0, metrics: [bdSeq(7), ...metrics] });
    expect(rows(born).map(([metric, value]) => [metric, value])).toEqual(Object.entries({ a: 0, b: 1, c: 2 }));
    expect(born.notes).toEqual({ "sparkplug-alias": "1 stands for several metrics" });
    expect(born.effects!.quarantine).toBeUndefined();

    expect(rows(take(dataTopic, { timestamp: start, seq: 1, metrics: [metrics[1]!] }))[0]!.slice(0, 2)).toEqual([
      "b",
      1,
    ]);
    const unclear = take(dataTopic, aliased(2, "120b1001690000000000003640"));
    expect(unclear.effects!.quarantine).toContain("alias 1, which stands for several");
  });

  it("a metric without a name is set aside", () => {
    const born = sparkplug().take("spBv1.0/g/NBIRTH/n", aliased(0, temperatureIs22));
    expect(born.effects).toMatchObject({ presence: [{ device: "g:n", online: true }] });
    expect(born.effects!.quarantine).toContain("1 to 256 characters");
  });
});
