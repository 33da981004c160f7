import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { GatewayUnderTest } from "../../edge-gateway/test/gateway-under-test.ts";
import { exceptions, exceptions5 } from "./exceptions.ts";
import { bytesOf } from "./notation.ts";
import { runVector, type VectorHost } from "./run-vector.ts";
import { readVectors, vectorsAbsent, vectorsPresent, vectorsRequired, type Message } from "./vectors.ts";

/** Limits against hanging; an exception uses its own up. */
const patienceMs = 60_000;
const exceptionalMs = 3000;

const vectors = readVectors();
const spoken = vectors.filter(({ version }) => version !== 5);
const newer = vectors.filter(({ version }) => version === 5);

it.runIf(!vectorsPresent)("the vectors are there", ({ skip }) => {
  if (!vectorsRequired) skip(vectorsAbsent);
  expect.fail(vectorsAbsent);
});

/** Each version has a gateway of its own: a vector that stops half-way leaves retained messages behind. */
function startGateway(): { readonly host: VectorHost; readonly connacks: number } {
  let gateway: GatewayUnderTest;
  const started = { connacks: 0 } as { host: VectorHost; connacks: number };
  beforeAll(async () => {
    gateway = await GatewayUnderTest.start({ HEADWATER_MQTT_ANONYMOUS: "true" });
    const helper = await gateway.connect();
    started.host = {
      port: gateway.app.mqttPort,
      publish: async ({ topic, payload, qos, retain = false }) => {
        await helper.publishAsync(topic, payload, { qos, retain });
      },
      countConnack: () => (started.connacks += 1),
    };
  });
  afterAll(() => gateway.stop());
  return started;
}

describe.runIf(vectorsPresent)("Mosquitto's vectors against the gateway", () => {
  describe("MQTT 3.1 and 3.1.1", () => {
    const started = startGateway();
    let passed = 0;

    it.each(spoken.map((vector) => [vector.id, vector] as const))("%s", async (id, vector) => {
      const reason = exceptions[id];
      const wrong = await runVector(vector, started.host, reason === undefined ? patienceMs : exceptionalMs);
      if (reason === undefined) expect(wrong).toBeUndefined();
      else expect(wrong, `listed as an exception, but it passes: ${reason}`).toBeDefined();
      if (wrong === undefined) passed += 1;
    });

    it("at least 300 pass, and every exception is a vector", () => {
      expect(passed).toBe(spoken.length - Object.keys(exceptions).length);
      expect(passed).toBeGreaterThanOrEqual(300);
      const ids = new Set(spoken.map(({ id }) => id));
      expect(Object.keys(exceptions).filter((id) => !ids.has(id))).toEqual([]);
    });
  });

  describe("MQTT 5", () => {
    const started = startGateway();

    it("all pass but those that are listed", async () => {
      const wrong: string[] = [];
      const listed = new Set(Object.keys(exceptions5));
      for (const vector of newer) {
        const isListed = listed.delete(vector.id);
        const what = await runVector(vector, started.host, isListed ? exceptionalMs : patienceMs);
        if (isListed && what === undefined) wrong.push(`${vector.id}: listed as an exception, but it passes`);
        if (!isListed && what !== undefined) wrong.push(`${vector.id}: ${what}`);
      }
      expect(wrong).toEqual([]);
      expect([...listed]).toEqual([]);
      expect(newer.length).toBeGreaterThan(1500);
      expect(Object.keys(exceptions5).length).toBeLessThan(newer.length / 20);
      // Each CONNACK that lets somebody in has what section 3.2.2 obliges to.
      const before = newer.filter(({ connect }) => connect).length;
      const within = newer.flatMap(({ messages }) => messages).filter(isConnackOfSuccess).length;
      expect(started.connacks).toBe(before + within);
      expect(started.connacks).toBeGreaterThan(1200);
    }, 300_000);
  });
});

function isConnackOfSuccess(message: Message): boolean {
  if (message.type !== "recv") return false;
  const bytes = bytesOf(message.payload);
  return bytes[0] === 0x20 && bytes[3] === 0;
}
