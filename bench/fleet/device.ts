import { createHash } from "node:crypto";
import { connect, type Socket } from "node:net";
import { connectPacket } from "../raw-packets.ts";

/** A registered device: every one has a token of its own. */
export interface FleetDevice {
  readonly id: string;
  readonly token: string;
}

export function fleetDevice(secret: string, name: string, index: number): FleetDevice {
  const id = `${name}-${index}`;
  return { id, token: createHash("sha256").update(`${secret}/${id}`).digest("base64url") };
}

/** Loopback has many addresses: one alone would run out of ports, and no fleet comes from a single host. */
const sourceAddresses = 32;

/** Connects and sends CONNECT at once, as a device would; what comes back is for the caller. */
export function dial(port: number, device: FleetDevice, index: number): Socket {
  const localAddress = `127.0.0.${1 + (index % sourceAddresses)}`;
  const socket = connect({ port, host: "127.0.0.1", localAddress, noDelay: true });
  const login = { username: device.id, password: device.token };
  // The kernel takes it before the connection stands; Node writes it then.
  socket.write(connectPacket({ clientId: device.id, login, keepAlive: 60 }));
  return socket;
}
