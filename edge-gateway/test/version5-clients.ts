import type { IClientOptions, IPublishPacket, MqttClient } from "mqtt";
import type { EventEmitter } from "node:events";
import { once } from "node:events";
import type { GatewayUnderTest } from "./gateway-under-test.ts";

export const version5 = { protocolVersion: 5 } as const;

/** The next PUBLISH that the client hears, with its properties. */
export async function nextPublish(client: MqttClient): Promise<IPublishPacket> {
  const [, , packet] = (await once(client as unknown as EventEmitter, "message")) as [string, Buffer, IPublishPacket];
  return packet;
}

/** Clients of MQTT 5 of a gateway: a new device, and another connection with a device's login. */
export function clientsOf(gateway: GatewayUnderTest) {
  return {
    device: (id: string, options: IClientOptions = {}): Promise<MqttClient> =>
      gateway.connectDevice(id, { ...version5, ...options }),
    again: (client: MqttClient, options: IClientOptions = {}): Promise<MqttClient> =>
      gateway.connect(client.options.username, client.options.password as string, {
        ...{ clientId: client.options.clientId!, ...version5, clean: false },
        ...options,
      }),
  };
}
