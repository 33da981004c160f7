import * as packets from "@headwater/device-sim/packets";

/** Packets of the simulator's devices with what loads have in common: made once, since a load must cost little. */

export interface ConnectOptions {
  readonly clientId: string;
  /** Without it: no login. */
  readonly login?: { readonly username: string; readonly password: string };
  readonly cleanSession?: boolean;
  /** Seconds */
  readonly keepAlive?: number;
}

export const disconnect = packets.disconnectPacket;
export const pingRequest = packets.pingPacket;
/** First bytes of what a broker sends. */
export const packetTypes = { connack: 0x20, puback: 0x40, suback: 0x90, pingresp: 0xd0 } as const;
export const { subscribePacket } = packets;

export function connectPacket({ clientId, login, cleanSession = true, keepAlive = 60 }: ConnectOptions): Buffer {
  return packets.connectPacket({ clientId, ...login, cleanSession, keepAlive });
}

/** QoS 1, its packet identifier left 0: two bytes before the payload. */
export function publishPacket(topic: string, payload: string): Buffer {
  return packets.publishPacket(packets.text(topic), Buffer.from(payload), 1, 0, false);
}
