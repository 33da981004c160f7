import type { Client, ConnectPacket } from "aedes";
import { QueueClosedError } from "@headwater/core";
import { internals } from "./aedes-internals.ts";

/**
 * A client of MQTT 5 that would be silent for longer than it may is told to be heard more often: Server Keep Alive
 * (3.2.2.3.14). Nobody can tell an older one. 0: any time.
 */
export function imposeKeepAlive(client: Client, { protocolVersion, keepalive }: ConnectPacket, mostMs: number): void {
  const most = Math.ceil(mostMs / 1000);
  if (protocolVersion !== 5 || most === 0) return;
  if (keepalive === undefined || keepalive === 0 || keepalive > most) internals(client)._serverKeepAlive = most;
}

/** Why a client is not let in by a gateway that stops: aedes names the other one to those who understand it. */
export function goElsewhere(serverReference: string | undefined): Error {
  return Object.assign(new QueueClosedError("The gateway stops"), { serverReference });
}
