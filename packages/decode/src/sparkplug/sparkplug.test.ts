import { describe, expect, it } from "vitest";
import {
  aliased,
  bdSeq,
  born,
  deviceBirth,
  nodeBirth,
  rows,
  sparkplug,
  start,
  temperatureIs22,
  type Payload,
} from "../../test/sparkplug-under-test.ts";

describe("births", () => {
  it("of a node: readings of all but controls, its presence, its device id", () => {
    const message = sparkplug().take("spBv1.0/plant/NBIRTH/line1", nodeBirth);
    expect(message.device).toBe("plant:line1");
    expect(rows(message)).toEqual([
      ["Properties/Hardware Make", "Acme", undefined, start * 1000],
      ["Temperature", 21.5, "Cel", start * 1000],
      ["Count", -5, undefined, start * 1000],
      ["Big", 12, undefined, start * 1000],
    ]);
    expect(message.effects).toEqual({
      presence: [{ device: "plant:line1", online: true, session: "sparkplug:7", reason: "birth", time: start * 1000 }],
    });
  });

  it("of a device behind it", () => {
    const { take } = sparkplug();
    take("spBv1.0/plant/NBIRTH/line1", nodeBirth);
    const message = take("spBv1.0/plant/DBIRTH/line1/motor", deviceBirth);
    expect(message.device).toBe("plant:line1:motor");
    expect(message.effects).toEqual({
      presence: [
        { device: "plant:line1:motor", online: true, session: "sparkplug:7", reason: "birth", time: start * 1000 },
      ],
    });
  });

  it("again, in the same session: no presence anew", () => {
    const { take } = born();
    expect(take("spBv1.0/plant/NBIRTH/line1", nodeBirth).effects).toBeUndefined();
    expect(take("spBv1.0/plant/DBIRTH/line1/motor", deviceBirth).effects).toBeUndefined();
  });

  it("under a new session, without a death of the old one: that one has ended, for the devices too", () => {
    const { take } = born();
    const { effects } = take("spBv1.0/plant/NBIRTH/line1", { ...nodeBirth, metrics: [bdSeq(8)] });
    expect(effects!.presence!.map(({ device, online, session, reason }) => [device, online, session, reason])).toEqual([
      ["plant:line1:motor", false, "sparkplug:7", "superseded"],
      ["plant:line1", false, "sparkplug:7", "superseded"],
      ["plant:line1", true, "sparkplug:8", "birth"],
    ]);
  });
});

describe("data", () => {
  it("by name, and by alias with type and unit from the birth", () => {
    const { take } = born();
    expect(rows(take("spBv1.0/plant/NDATA/line1", aliased(2, temperatureIs22)))).toEqual([
      ["Temperature", 22, "Cel", (start + 1000) * 1000],
    ]);
    // Count (an Int32) as 4294967293, Big (an Int64) as 2^53 + 1.
    const message = take("spBv1.0/plant/NDATA/line1", aliased(3, "1208100350fdffffff0f", "120b1004588180808080808010"));
    expect(rows(message).map(([metric, value]) => [metric, value])).toEqual([
      ["Count", -3],
      ["Big", 9_007_199_254_740_992],
    ]);
    expect(message.notes).toEqual({ exact: '{"Big":"9007199254740993"}' });
    expect(message.effects).toBeUndefined();
  });

  it("of a device, by its own aliases", () => {
    const { take } = born();
    const message = take("spBv1.0/plant/DDATA/line1/motor", aliased(2, "1207100a6500002040"));
    expect(rows(message).map(([metric, value]) => [metric, value])).toEqual([["Speed", 2.5]]);
  });

  it("metrics of one time are one sample; null is noted, history too", () => {
    const { take } = born();
    const message = take("spBv1.0/plant/NDATA/line1", {
      timestamp: start,
      seq: 2,
      metrics: [
        { name: "Temperature", type: "Double", value: 1, timestamp: start - 2000, isHistorical: true },
        { name: "Temperature", type: "Double", value: 2, timestamp: start - 1000, isHistorical: true },
        { name: "Count", type: "Int32", value: 4, timestamp: start - 1000 },
        { name: "Big", type: "Int64", value: null },
      ],
    });
    expect(message.samples.map(({ time, readings }) => [time, readings.length])).toEqual([
      [(start - 2000) * 1000, 1],
      [(start - 1000) * 1000, 2],
    ]);
    expect(message.notes).toEqual({ historical: "Temperature,Temperature", "without-value": "Big" });
  });

  it("of a quality that is not good: the quality is the reading, the value is kept aside", () => {
    const { take } = born();
    const quality = (value: number) => ({ Quality: { type: "Int32", value } }) as const;
    const message = take("spBv1.0/plant/NDATA/line1", {
      timestamp: start,
      seq: 2,
      metrics: [
        { name: "Temperature", type: "Double", value: -40, properties: quality(0) },
        { name: "Count", type: "Int32", value: 7, properties: quality(500) },
        { name: "Big", type: "Int64", value: 13, properties: quality(192) },
      ],
    });
    expect(rows(message).map(([metric, value]) => [metric, value])).toEqual([
      ["Temperature.quality", 0],
      ["Count.quality", 500],
      ["Big", 13],
      ["Big.quality", 192],
    ]);
    expect(message.notes).toEqual({ "bad-quality": '{"Temperature":"-40","Count":"7"}' });
  });

  it("a metric that does not fit its type is set aside, and the others are read", () => {
    const { take } = born();
    // Count (an Int32 by its birth) as a boolean.
    const message = take("spBv1.0/plant/NDATA/line1", aliased(2, temperatureIs22, "120410037001"));
    expect(rows(message).map(([metric, value]) => [metric, value])).toEqual([["Temperature", 22]]);
    expect(message.effects!.quarantine).toMatch(/Count: A Sparkplug value does not fit/);
  });

  it("a time that no double holds is kept as text", () => {
    const { take } = born();
    const message = take(
      "spBv1.0/plant/NDATA/line1",
      Buffer.concat([Buffer.from("08ffffffffffffffffff01", "hex"), Buffer.from(`${temperatureIs22}1802`, "hex")]),
    );
    expect(message.samples).toMatchObject([{ unplaced: { kind: "beyond", text: "18446744073709551615000" } }]);
  });

  it("nulls alone are no event and no error", () => {
    const { take } = born();
    const metrics = [{ name: "Big", type: "Int64", value: null }] as const;
    expect(take("spBv1.0/plant/NDATA/line1", { timestamp: start, seq: 2, metrics: [...metrics] })).toMatchObject({
      samples: [],
      effects: { ignored: "no-values" },
    });
  });

  it.each<[string, NonNullable<Payload["metrics"]>[number]["type"], unknown, unknown]>([
    ["Int8", "Int8", -128, -128],
    ["Int16", "Int16", -32768, -32768],
    ["Int32", "Int32", -2147483648, -2147483648],
    ["UInt8", "UInt8", 255, 255],
    ["UInt16", "UInt16", 65535, 65535],
    ["UInt32", "UInt32", 4294967295, 4294967295],
    ["DateTime", "DateTime", start, start],
    ["Float", "Float", 0.5, 0.5],
    ["Double", "Double", 1e308, 1e308],
    ["Boolean", "Boolean", true, true],
    ["String", "String", "ü", "ü"],
    ["Text", "Text", "", ""],
    ["UUID", "UUID", "b3f0c2f6-6d3c-4e2a-9a56-0d6f5f4d1b2e", "b3f0c2f6-6d3c-4e2a-9a56-0d6f5f4d1b2e"],
    ["Bytes", "Bytes", new Uint8Array([0xfb, 0xff]), "-_8"],
    [
      "DataSet",
      "DataSet",
      {
        numOfColumns: 2,
        columns: ["a", "b"],
        types: ["Double", "String"],
        rows: [
          [1.5, "x"],
          [2, "y"],
        ],
      },
      '{"columns":["a","b"],"rows":[[1.5,"x"],[2,"y"]]}',
    ],
  ])("%s", (_name, type, value, expected) => {
    const metric = { name: "m", type, value } as NonNullable<Payload["metrics"]>[number];
    expect(
      rows(sparkplug().take("spBv1.0/g/NBIRTH/n", { timestamp: start, seq: 0, metrics: [metric] }))[0]![1],
    ).toEqual(expected);
  });

  it("a template's members are metrics of their own, also where data leaves out their types", () => {
    const { take } = sparkplug();
    const template = (metrics: unknown[]) => ({
      name: "Pump",
      type: "Template",
      value: { isDefinition: false, templateRef: "PumpType", metrics },
    });
    const payload = (seq: number, metrics: unknown[]) =>
      ({ timestamp: start, seq, metrics: [template(metrics)] }) as unknown as Payload;
    const message = take(
      "spBv1.0/g/NBIRTH/n",
      payload(0, [
        { name: "rpm", type: "Int16", value: -7 },
        { name: "on", type: "Boolean", value: true },
      ]),
    );
    expect(rows(message).map(([metric, value]) => [metric, value])).toEqual([
      ["Pump/rpm", -7],
      ["Pump/on", true],
    ]);
    // Pump { rpm: int_value 0xfffffff8 } without types
    const inner = "120b0a0372706d50f8ffffff0f";
    const outer = `0a0450756d70201392010d${inner}`;
    const data = take("spBv1.0/g/NDATA/n", aliased(1, `12${(outer.length / 2).toString(16)}${outer}`));
    expect(rows(data).map(([metric, value]) => [metric, value])).toEqual([["Pump/rpm", -8]]);
  });

  it.each([
    ["Int8Array", 22, "17e9", "[23,-23]"],
    ["Int64Array", 25, "0100000000002000", "[9007199254740993]"],
    ["UInt16Array", 27, "1e00ffff", "[30,65535]"],
    ["FloatArray", 30, "0000c03f0000c07f", '[1.5,"NaN"]'],
    ["BooleanArray", 32, "0c0000004fd0", "[false,true,false,false,true,true,true,true,true,true,false,true]"],
    ["StringArray", 33, "414243003100", '["ABC","1"]'],
  ])("%s", (_name, type, hex, expected) => {
    const value = `8201${(hex.length / 2).toString(16).padStart(2, "0")}${hex}`;
    const metric = `0a016120${type.toString(16)}${value}`;
    const bytes = aliased(0, `12${(metric.length / 2).toString(16).padStart(2, "0")}${metric}`);
    expect(rows(sparkplug().take("spBv1.0/g/NBIRTH/n", bytes))[0]![1]).toBe(expected);
  });

  it.each([
    ["an Int8 of 300", "0a0161200150ac02"],
    ["a UInt8 of 256", "0a01612005508002"],
    ["a Boolean that is a number", "0a0161200b5001"],
    ["a datatype that is not known", "0a016120635001"],
    ["an array that ends within an element", "0a01612017820101ff"],
  ])("set aside: %s", (_name, metric) => {
    const bytes = aliased(0, `12${(metric.length / 2).toString(16).padStart(2, "0")}${metric}`);
    const { samples, effects } = sparkplug().take("spBv1.0/g/NBIRTH/n", bytes);
    expect(samples).toEqual([]);
    expect(effects!.quarantine).toMatch(/: a: A Sparkplug/);
    expect(effects!.presence).toHaveLength(1);
  });
});
