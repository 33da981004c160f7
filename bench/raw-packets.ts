import mqttPacket from "mqtt-packet";
import * as packets from "@headwater/device-sim/packets";

/** Packets of the simulator's devices with what loads have in common: made once, since a load must cost little. */

/** 3.1.1 and 5. */
export type Version = 4 | 5;

export interface ConnectOptions {
  readonly clientId: string;
  /** Without it: no login. */
  readonly login?: { readonly username: string; readonly password: string };
  readonly cleanSession?: boolean;
  /** Seconds */
  readonly keepAlive?: number;
  readonly version?: Version;
}

export const disconnect = packets.disconnectPacket;
export const pingRequest = packets.pingPacket;
/** First bytes of what a broker sends. */
export const packetTypes = { connack: 0x20, puback: 0x40, suback: 0x90, pingresp: 0xd0 } as const;
export const { subscribePacket } = packets;

export function connectPacket(options: ConnectOptions): Buffer {
  const { clientId, login, cleanSession = true, keepAlive = 60, version } = options;
  if (version === 5) {
    const { username, password } = login ?? {};
    return mqttPacket.generate(
      {
        ...{
          cmd: "connect",
          protocolId: "MQTT",
          protocolVersion: 5,
          clientId,
          clean: cleanSession,
          keepalive: keepAlive,
        },
        ...{ username, password: password === undefined ? undefined : Buffer.from(password) },
        ...(!cleanSession && { properties: { sessionExpiryInterval: 3600 } }),
      },
      { protocolVersion: 5 },
    );
  }
  return packets.connectPacket({ clientId, ...login, cleanSession, keepAlive });
}

/** QoS 1, its packet identifier left 0: two bytes before the payload. */
export function publishPacket(topic: string, payload: string, version: Version = 4): Buffer {
  if (version === 5) {
    return mqttPacket.generate(
      { cmd: "publish", topic, payload, qos: 1, messageId: 1, dup: false, retain: false },
      { protocolVersion: 5 },
    );
  }
  return packets.publishPacket(packets.text(topic), Buffer.from(payload), 1, 0, false);
}
