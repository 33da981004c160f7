import sparkplugPayload from "sparkplug-payload";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { bridged, bridges, BridgeScene, patienceMs } from "./bridge-under-test.ts";
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
});
