import { RequestError } from "@headwater/core";

/** CONNACK return codes of MQTT 3.1.1. */
export const connackCodes = { identifierRejected: 2, unavailable: 3, badLogin: 4, notAuthorized: 5 } as const;

/** What aedes wants as the reason of a refused CONNECT. */
export function connackError(returnCode: number, message: string): Error & { returnCode: number } {
  return Object.assign(new RequestError(401, "login-refused", message), { returnCode });
}
