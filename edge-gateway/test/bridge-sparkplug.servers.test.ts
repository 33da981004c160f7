import { type SparkplugMetric, writeSparkplug } from "@headwater/decode";
import { events } from "@headwater/proto";
import sparkplugPayload from "sparkplug-payload";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { bridged, bridges, BridgeScene, patienceMs } from "./bridge-under-test.ts";
import { topics } from "./gateway-under-test.ts";
import { eventually } from "@headwater/testkit/eventually";

const tahu = sparkplugPayload.get("spBv1.0")!;

let scene: BridgeScene;

beforeEach(() => {
  scene = new BridgeScene();
});

afterEach(() => scene.close());

describe("Sparkplug through a bridge", () => {
  it("a node that was not born is asked for its birth on its own broker, and its death is presence", async () => {
    const broker = await scene.broker();
    const gateway = await scene.gateway(
      bridges({ name: "plant", url: broker.url, subscriptions: [{ filter: "spBv1.0/#" }, { filter: "devices/#" }] }),
    );
    const timestamp = Date.now();
    const bdSeq = { name: "bdSeq", type: "UInt64", value: 3 } as const;
    const metrics = [{ name: "Temperature", type: "Double", value: 21.5 } as const];
    const node = await scene.device(broker.url, {
      will: {
        topic: "spBv1.0/plant/NDEATH/line1",
        payload: Buffer.from(tahu.encodePayload({ timestamp, metrics: [bdSeq] })),
        qos: 1,
        retain: false,
      },
    });
    await bridged(gateway, node);
    const asked: string[] = [];
    node.on("message", (_topic, payload) => {
      asked.push(String(tahu.decodePayload(payload).metrics![0]!.name));
      node.publish(
        "spBv1.0/plant/NBIRTH/line1",
        Buffer.from(tahu.encodePayload({ timestamp, seq: 0, metrics: [bdSeq, ...metrics] })),
        { qos: 1 },
      );
    });
    await node.subscribeAsync("spBv1.0/plant/NCMD/line1");
    await node.publishAsync(
      "spBv1.0/plant/NDATA/line1",
      Buffer.from(tahu.encodePayload({ timestamp, seq: 5, metrics })),
      { qos: 1 },
    );
    const born = await eventually(
      () => gateway.presence(),
      (all) => all.length > 0,
      patienceMs,
    );
    expect(asked).toEqual(["Node Control/Rebirth"]);
    expect(born).toMatchObject([{ device: "plant:line1", session: "sparkplug:3", connected: {} }]);
    node.options.reconnectPeriod = 0;
    node.stream.destroy();
    const died = await eventually(
      () => gateway.presence(),
      (all) => all.length > 1,
      patienceMs,
    );
    expect(died[1]).toMatchObject({ device: "plant:line1", disconnected: { reason: "death" } });
  });

  it("what came before the birth is read once more by the birth on that broker, and by the bridge's own routes", async () => {
    const broker = await scene.broker();
    const gateway = await scene.gateway(
      bridges({
        ...{ name: "plant", url: broker.url },
        subscriptions: [{ filter: "spBv1.0/#" }, { filter: "devices/#" }, { filter: "hall/#" }],
        routes: [{ topic: "hall/{device}", decoder: "json" }],
      }),
    );
    const node = await scene.device(broker.url);
    await bridged(gateway, node);
    const at = Date.now() - 5_000;
    const publish = (type: string, seq: number, ...metrics: readonly SparkplugMetric[]) =>
      node.publishAsync(`spBv1.0/plant/${type}/line1`, writeSparkplug({ timestamp: at, seq, metrics }), { qos: 1 });
    await publish("NDATA", 5, { alias: 2, isTyped: false, value: 21.5 });
    await node.publishAsync("hall/lamp", "{", { qos: 1 });
    await publish("NBIRTH", 0, { name: "Temperature", alias: 2, isTyped: true, value: 20 });
    const readings = async (device: string) =>
      (await gateway.events()).flatMap((event) => (event.device === device ? event.readings : []));
    const all = (count: number) => (found: readonly unknown[]) => found.length === count;
    await eventually(() => readings("plant:line1"), all(1), patienceMs);

    const entries = await eventually(() => gateway.records(topics.quarantine), all(2), patienceMs);
    for (const { key, value } of entries) {
      const entry = events.quarantine.decode(value!);
      const { id, device, at: takenAt, mqttTopic, gateway: by } = entry;
      const payload = mqttTopic === "hall/lamp" ? Buffer.from('{"on":true}') : entry.payload;
      const asked = { id, device, at: takenAt, mqttTopic, gateway: by, payload, stage: "decode", attempt: 1 };
      const request = events.quarantine.encode({ ...asked, requested: { by: "admin" } });
      await gateway.log.append(topics.quarantine, [{ key, value: request }]);
    }
    expect(await eventually(() => readings("plant:line1"), all(2), patienceMs)).toMatchObject([
      { metric: "Temperature", number: 20 },
      { metric: "Temperature", number: 21.5 },
    ]);
    expect(await eventually(() => readings("lamp"), all(1), patienceMs)).toMatchObject([{ metric: "on" }]);
  });
});
