import mqttPacket, { type UserProperties } from "mqtt-packet";
import type { Random } from "./random.ts";

const topics = ["t", "devices/boiler-1/telemetry", "ä/ö/漢字", "x".repeat(200)];
const filters = ["#", "+", "a/+/b", "devices/x/commands/+", "$share/g/a/#"];
const texts = ["", "text/plain", "ünï", "y".repeat(60)];
const options = { protocolVersion: 5 } as const;

/** A packet as a client that keeps to MQTT 5 sends it. */
export function validPacket5(random: Random): Buffer {
  const messageId = 1 + random.below(65_535);
  switch (random.below(9)) {
    case 0:
    case 1:
    case 2:
      return publishPacket(random, messageId);
    case 3: {
      const shared = random.chance(4);
      const subscriptions = Array.from({ length: 1 + random.below(4) }, () => ({
        topic: shared ? "$share/g/+" : random.pick(filters),
        qos: random.below(3) as 0 | 1 | 2,
        nl: false,
        rap: random.chance(2),
        rh: random.below(3),
      }));
      const subscriptionIdentifier = random.chance(2) ? { subscriptionIdentifier: 1 + random.below(268_435_455) } : {};
      const properties = { ...subscriptionIdentifier, ...userProperties(random) };
      return mqttPacket.generate({ cmd: "subscribe", messageId, subscriptions, properties }, options);
    }
    case 4: {
      const unsubscriptions = [random.pick(filters)];
      return mqttPacket.generate(
        { cmd: "unsubscribe", messageId, unsubscriptions, properties: userProperties(random) },
        options,
      );
    }
    case 5:
      return mqttPacket.generate({ cmd: "pingreq" }, options);
    case 6: {
      const cmd = random.pick(["puback", "pubrec"] as const);
      const reasonCode = random.pick([0, 0, 0x10, 0x80, 0x97]);
      return mqttPacket.generate({ cmd, messageId, reasonCode, properties: reasonProperties(random) }, options);
    }
    case 7: {
      const cmd = random.pick(["pubrel", "pubcomp"] as const);
      const reasonCode = random.pick([0, 0, 0x92]);
      return mqttPacket.generate({ cmd, messageId, reasonCode, properties: reasonProperties(random) }, options);
    }
    default:
      if (!random.chance(10)) return connectPacket5(random);
      return random.chance(2)
        ? Buffer.of(0xe0, 0)
        : mqttPacket.generate(
            { cmd: "disconnect", reasonCode: random.pick([0, 4, 0x80]), properties: reasonProperties(random) },
            options,
          );
  }
}

function publishPacket(random: Random, messageId: number): Buffer {
  const qos = random.below(3) as 0 | 1 | 2;
  return mqttPacket.generate(
    {
      cmd: "publish",
      topic: random.pick(topics),
      payload: Buffer.alloc(random.chance(20) ? random.below(3000) : random.below(60), random.below(256)),
      qos,
      dup: qos > 0 && random.chance(4),
      retain: random.chance(4),
      messageId,
      properties: {
        ...messageProperties(random),
        ...(random.chance(4) && { topicAlias: 1 + random.below(10) }),
      },
    },
    options,
  );
}

function messageProperties(random: Random): object {
  return {
    ...(random.chance(4) && { payloadFormatIndicator: random.chance(2) }),
    ...(random.chance(4) && { messageExpiryInterval: random.below(4_294_967_296) }),
    ...(random.chance(4) && { contentType: random.pick(texts) }),
    ...(random.chance(4) && { responseTopic: random.pick(topics) }),
    ...(random.chance(4) && { correlationData: Buffer.alloc(random.below(30), random.below(256)) }),
    ...userProperties(random),
  };
}

function userProperties(random: Random): { userProperties?: UserProperties } {
  if (random.chance(2)) return {};
  return { userProperties: { [random.pick(texts)]: random.pick(texts), again: ["one", random.pick(texts)] } };
}

function reasonProperties(random: Random): object {
  return { ...(random.chance(3) && { reasonString: random.pick(texts) }), ...userProperties(random) };
}

export function connectPacket5(random: Random): Buffer {
  const username = random.chance(2) ? "user" : undefined;
  const clientId = random.pick(["c", "", "boiler-1", "ünï", "i".repeat(60)]);
  return mqttPacket.generate({
    cmd: "connect",
    protocolId: "MQTT",
    protocolVersion: 5,
    clientId,
    clean: clientId === "" || random.chance(2),
    keepalive: random.below(65_536),
    username,
    password: username !== undefined && random.chance(2) ? Buffer.from("secret") : undefined,
    properties: {
      ...(random.chance(2) && { sessionExpiryInterval: random.below(4_294_967_296) }),
      ...(random.chance(4) && { receiveMaximum: 1 + random.below(65_535) }),
      ...(random.chance(4) && { maximumPacketSize: 5 + random.below(1000) }),
      ...(random.chance(4) && { topicAliasMaximum: random.below(65_536) }),
      ...(random.chance(4) && { requestProblemInformation: random.chance(2) }),
      ...(random.chance(4) && { requestResponseInformation: random.chance(2) }),
      ...userProperties(random),
    },
    ...(random.chance(3) && {
      will: {
        topic: random.pick(topics),
        payload: Buffer.from("gone"),
        qos: random.below(3) as 0 | 1 | 2,
        retain: false,
        properties: { ...messageProperties(random), ...(random.chance(2) && { willDelayInterval: 5 }) },
      },
    }),
  });
}
