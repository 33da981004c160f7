import { events } from "@headwater/proto";
import { describe, expect, it } from "vitest";
import { SimulationError } from "../../errors.ts";
import { headwaterForm, jsonForm } from "./message-form.ts";
import { resultsOf } from "./results.ts";

const env = { INFLUX_TOKEN: "secret" };
const passing = (value: unknown, topic = "t", key?: string) => ({
  ...{ topic, key },
  value: Buffer.from(typeof value === "string" ? value : JSON.stringify(value)),
});

describe("where results are read", () => {
  it("is one log and one store", () => {
    const kafka = "kafka://a:9092,b:9092/telemetry.v1";
    const mqtt = "mqtt://127.0.0.1:1883/?filter=devices/+/telemetry/#&device=topic&pattern=devices/{device}/x&seq=seq";
    const influx = "influx://127.0.0.1:8086/my%20org/bucket?measurement=m&device=topic&pattern=d/{device}&field=seq";
    expect(Object.keys(resultsOf([kafka, influx], env))).toEqual(["log", "store"]);
    expect(Object.keys(resultsOf([mqtt], env))).toEqual(["log"]);
    expect(() => resultsOf([kafka, mqtt], env)).toThrow("another log");
  });

  it.each([
    ["what is no address", "telemetry.v1", "is no address"],
    ["another scheme", "redis://host/x", "nothing that is read"],
    ["no topic", "kafka://host:9092/", "needs topic"],
    ["no filter", "mqtt://host/?device=topic&seq=seq", "needs a filter"],
    ["an unknown parameter", "kafka://host/topic?sequence=x", "there is no sequence here"],
    ["JSON without the place of the device", "kafka://host/topic?seq=x", "device=PATH"],
    ["an unknown form", "kafka://host/topic?form=avro", "not avro"],
    ["a pattern without a device", "kafka://host/topic?device=key&seq=x&pattern=y", "no {device}"],
    ["a stray percent sign", "influx://host/o/100%", "%25"],
    ["a missing bucket", "influx://host/o", "needs organization and bucket"],
  ])("refuses %s", (_, text, message) => {
    expect(() => resultsOf([text], env)).toThrow(SimulationError);
    expect(() => resultsOf([text], env)).toThrow(message);
  });

  it("needs the token of InfluxDB", () => {
    expect(() => resultsOf(["influx://host/o/b"], {})).toThrow("INFLUX_TOKEN");
  });
});

describe("what a record is called", () => {
  it("in JSON, by paths, topic or key", () => {
    const telegraf = { name: "mqtt_consumer", tags: { topic: "devices/a-1/telemetry" }, fields: { seq: 7 } };
    const byTag = jsonForm("tags.topic", "fields.seq", "devices/{device}/telemetry");
    expect(byTag(passing(telegraf))).toEqual([{ device: "a-1", seq: 7 }]);
    expect(byTag(passing([telegraf, telegraf]))).toHaveLength(2);
    expect(jsonForm("topic", "values.seq", "d/{device}/t")(passing({ values: { seq: 3 } }, "d/x/t"))).toEqual([
      { device: "x", seq: 3 },
    ]);
    expect(jsonForm("key", "seq", undefined)(passing({ seq: 1 }, "t", "dev"))).toEqual([{ device: "dev", seq: 1 }]);
  });

  it("is nothing for what is somebody else's", () => {
    const form = jsonForm("tags.topic", "fields.seq", "devices/{device}/telemetry");
    for (const value of ["", "no JSON", "null", "7", [null, 1], { tags: { topic: "other" }, fields: { seq: 1 } }]) {
      expect(form(passing(value))).toEqual([]);
    }
    expect(form(passing({ tags: { topic: "devices//telemetry" }, fields: { seq: 1 } }))).toEqual([]);
    expect(form(passing({ tags: { topic: "devices/a/telemetry" }, fields: { seq: "1" } }))).toEqual([]);
  });

  it("in Headwater's own form, of devices of the fleet alone", () => {
    const form = headwaterForm(new Map([["a", "seq"]]));
    const of = (device: string) => ({
      ...passing(""),
      value: events.telemetry.encode({
        device,
        readings: [
          { metric: "t", number: 20 },
          { metric: "seq", number: 5 },
        ],
      }),
    });
    expect(form(of("a"))).toEqual([{ device: "a", seq: 5 }]);
    expect(form(of("b"))).toEqual([]);
  });
});
