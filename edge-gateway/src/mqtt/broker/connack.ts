import { RequestError } from "@headwater/core";

/** CONNACK return codes of MQTT 3.1.1, and one for what only a client of MQTT 5 can ask for. */
export const connackCodes = {
  identifierRejected: 2,
  unavailable: 3,
  badLogin: 4,
  notAuthorized: 5,
  takesTooLittle: 0x83,
} as const;

/** What aedes wants as the reason of a refused CONNECT. */
export function connackError(returnCode: number, message: string): Error & { returnCode: number } {
  return Object.assign(new RequestError(401, "login-refused", message), { returnCode });
}

/** The same for a client of MQTT 5, with what it or its owner may do. */
export const reasons: Readonly<Record<number, { readonly reasonCode: number; readonly text: string }>> = {
  [connackCodes.identifierRejected]: { reasonCode: 0x85, text: "Choose another client identifier" },
  [connackCodes.unavailable]: { reasonCode: 0x88, text: "The login cannot be decided now; try again in a few seconds" },
  [connackCodes.badLogin]: { reasonCode: 0x86, text: "Nobody with this user name and password is let in" },
  [connackCodes.notAuthorized]: { reasonCode: 0x87, text: "The login, or its last will, is not allowed" },
  // No code of its own: CONNECT is valid, but not accepted by this server (3.2.2.2).
  [connackCodes.takesTooLittle]: { reasonCode: 0x83, text: "Take larger packets" },
};
