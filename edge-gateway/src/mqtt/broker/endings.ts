import type { DisconnectReason } from "./connection.ts";

/** What a client of MQTT 5 is told when the gateway ends its connection (MQTT 5, 3.14.2.1). */
export interface Ending {
  readonly reasonCode: number;
  readonly text: string;
}

/** Of the reasons for which the gateway ends a connection. */
export const endings = {
  revoked: { reasonCode: 0x87, text: "The login or a subscription of it is allowed no longer; log in again" },
  "taken-over": { reasonCode: 0x8e, text: "Another connection has logged in with this client identifier" },
  "keep-alive": { reasonCode: 0x8d, text: "Nothing came for one and a half times the keep alive" },
  "gateway-stopped": { reasonCode: 0x8b, text: "The gateway stops; connect again in a few seconds" },
} as const satisfies Readonly<Partial<Record<DisconnectReason, Ending>>>;

export function endingOf(reason: DisconnectReason): Ending | undefined {
  return (endings as Readonly<Partial<Record<DisconnectReason, Ending>>>)[reason];
}

/** Where another gateway is named by configuration, a gateway that stops sends its clients there (MQTT 5, 4.11). */
export const useAnotherServer: Ending = {
  reasonCode: 0x9c,
  text: "The gateway stops; use the other one that it names",
};
