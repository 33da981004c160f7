import { RequestError, type Logger } from "@headwater/service-kit";
import type { DeviceRegistry } from "../registry/device-registry.ts";

/** CONNACK return codes of MQTT 3.1.1. */
export const connackCodes = { identifierRejected: 2, unavailable: 3, badLogin: 4, notAuthorized: 5 } as const;

export type Login =
  | { readonly device: string | undefined; readonly credentialId: string | undefined }
  | { readonly refused: number; readonly why: string };

export interface AuthenticatorOptions {
  readonly registry: DeviceRegistry;
  readonly anonymous: boolean;
  readonly logger: Logger;
}

/** Logins that may wait for the registry at a time; more are told to come again. */
const maxWaiting = 1000;
const maxNameBytes = 512;

/**
 * Login by user name (the device's id) and password (a token). Who is not known here is looked for in the log up to its present end before it is refused, so
 * that a device may log in right after its registration.
 */
export class Authenticator {
  readonly #options: AuthenticatorOptions;
  #waiting = 0;

  constructor(options: AuthenticatorOptions) {
    this.#options = options;
  }

  async login(username: string | undefined, password: Uint8Array | undefined): Promise<Login> {
    const { registry, anonymous } = this.#options;
    if (username === undefined || username === "" || password === undefined || password.length === 0) {
      return anonymous ? { device: undefined, credentialId: undefined } : refuse("notAuthorized", "no-login");
    }
    if (username.length > maxNameBytes || password.length > maxNameBytes) return refuse("badLogin", "login-too-long");
    let verdict = registry.verify(username, password);
    if (verdict.outcome !== "accepted" && !anonymous) {
      if (this.#waiting >= maxWaiting) return refuse("unavailable", "too-many-logins");
      this.#waiting += 1;
      try {
        await registry.refresh();
      } finally {
        this.#waiting -= 1;
      }
      verdict = registry.verify(username, password);
    }
    if (verdict.outcome === "accepted") return { device: username, credentialId: verdict.credentialId };
    return anonymous ? { device: undefined, credentialId: undefined } : refuse("badLogin", verdict.outcome);
  }
}

function refuse(code: keyof typeof connackCodes, why: string): Login {
  return { refused: connackCodes[code], why };
}

/** What aedes wants as the reason of a refused CONNECT. */
export function connackError(returnCode: number, message: string): Error & { returnCode: number } {
  return Object.assign(new RequestError(401, "login-refused", message), { returnCode });
}
