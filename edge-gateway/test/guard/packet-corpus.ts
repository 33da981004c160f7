import mqttPacket from "mqtt-packet";
import type { Random } from "./random.ts";

const topics = [
  "t",
  "devices/boiler-1/telemetry",
  "a/b/c/d/e",
  "ä/ö/漢字",
  "v1/devices/me/telemetry",
  "/",
  "x".repeat(200),
];
const filters = ["#", "+", "a/+/b", "a/#", "devices/x/commands/+", "+/+/#", "$SYS/#"];
const ids = ["c", "", "boiler-1", "ünï", "i".repeat(60)];

/** A packet as a client that keeps to MQTT 3.1.1 sends it. */
export function validPacket(random: Random): Buffer {
  const messageId = 1 + random.below(65_535);
  switch (random.below(9)) {
    case 0:
    case 1:
    case 2: {
      const qos = random.below(3) as 0 | 1 | 2;
      return mqttPacket.generate({
        cmd: "publish",
        topic: random.pick(topics),
        payload: Buffer.alloc(random.chance(20) ? random.below(3000) : random.below(60), random.below(256)),
        qos,
        dup: qos > 0 && random.chance(4),
        retain: random.chance(4),
        messageId,
      });
    }
    case 3: {
      const subscriptions = Array.from({ length: 1 + random.below(4) }, () => ({
        topic: random.pick(filters),
        qos: random.below(3) as 0 | 1 | 2,
      }));
      return mqttPacket.generate({ cmd: "subscribe", messageId, subscriptions });
    }
    case 4:
      return mqttPacket.generate({ cmd: "unsubscribe", messageId, unsubscriptions: [random.pick(filters)] });
    case 5:
      return mqttPacket.generate({ cmd: "pingreq" });
    case 6:
      return mqttPacket.generate({ cmd: random.pick(["puback", "pubrec", "pubcomp"] as const), messageId });
    case 7:
      return mqttPacket.generate({ cmd: "pubrel", messageId });
    default:
      return random.chance(10) ? mqttPacket.generate({ cmd: "disconnect" }) : connectPacket(random);
  }
}

export function connectPacket(random: Random): Buffer {
  const is31 = random.chance(4);
  const clientId = random.pick(ids);
  const username = random.chance(2) ? "user" : undefined;
  return mqttPacket.generate({
    cmd: "connect",
    protocolId: is31 ? "MQIsdp" : "MQTT",
    protocolVersion: is31 ? 3 : 4,
    clientId: is31 && clientId === "" ? "c" : clientId,
    clean: is31 || clientId === "" || random.chance(2),
    keepalive: random.below(65_536),
    username,
    password: username !== undefined && random.chance(2) ? Buffer.from("secret") : undefined,
    ...(random.chance(3) && {
      will: {
        topic: random.pick(topics),
        payload: Buffer.from("gone"),
        qos: random.below(3) as 0 | 1 | 2,
        retain: false,
      },
    }),
  });
}
