import { registerScope } from "@headwater/aggregates";
import { nowMicros, sha256, turnSlices, type Logger } from "@headwater/core";
import type { DeviceRegistry } from "../registry/device-registry.ts";
import type { RegisteredDevice } from "../registry/registry-tables.ts";
import type { CertificateLogin } from "./certificate-login.ts";
import { tokenCredential, usable } from "./credentials.ts";
import type { JwtLogin } from "./jwt/jwt-login.ts";
import { refuse, type LoginRequest, type LoginVerdict } from "./login-request.ts";
import type { PasswordLogin, PasswordVerdict } from "./password/password-login.ts";
import { anonymous, hasExpired, type DevicePrincipal, type ProvisioningPrincipal } from "./principal.ts";
import type { Registrar } from "./provisioning/registrar.ts";

export interface AuthenticatorOptions {
  readonly registry: DeviceRegistry;
  readonly passwords: PasswordLogin;
  readonly certificates: CertificateLogin;
  readonly jwt: JwtLogin;
  readonly registrar: Registrar;
  readonly anonymous: boolean;
  readonly logger: Logger;
}

/** Who logs in with this name shows a provisioning key; a device of that name may log in all the same. */
const provisioningName = "provision";

/** Logins that may wait for the registry at a time; more are told to come again. */
const maxWaiting = 1000;
const maxNameLength = 512;
/** A JWT is longer than any other secret. */
const maxSecretLength = 8192;

/**
 * Decides who a client is: by user name and token or chosen password, by JWT, by the certificate of its TLS connection,
 * by a provisioning key. Who is not known here is looked for in the log up to its present end before it is refused, so
 * that a device may log in right after its registration.
 */
export class Authenticator {
  readonly #options: AuthenticatorOptions;
  #waiting = 0;

  constructor(options: AuthenticatorOptions) {
    this.#options = options;
  }

  async login(request: LoginRequest): Promise<LoginVerdict> {
    const verdict = await this.#decide(request);
    // Where anybody may connect, a login that is none is no worse than none; one that could not be looked at may be
    // right.
    const isNone = "refused" in verdict && verdict.refused !== "unavailable";
    return isNone && this.#options.anonymous ? { principal: anonymous } : verdict;
  }

  /** The device that logged in so; undefined if it may not stay. */
  deviceOf(principal: DevicePrincipal): RegisteredDevice | undefined {
    if (hasExpired(principal, nowMicros())) return undefined;
    const device = this.#options.registry.device(principal.device);
    const { credentialId } = principal;
    if (device?.incarnation !== principal.incarnation) return undefined;
    const counts = credentialId === undefined || device.credentials.some(({ id }) => id === credentialId);
    return counts ? device : undefined;
  }

  /** Whether who shows this key may stay. */
  keyIsValid(principal: ProvisioningPrincipal): boolean {
    return !hasExpired(principal, nowMicros()) && this.#options.registry.provisioningKey(principal.keyId) !== undefined;
  }

  async #decide(request: LoginRequest): Promise<LoginVerdict> {
    const { password, certificate } = request;
    const username = request.username === "" ? undefined : request.username;
    if ((username?.length ?? 0) > maxNameLength || (password?.length ?? 0) > maxSecretLength) {
      return refuse("badLogin", "login-too-long");
    }
    if (password === undefined || password.length === 0) {
      if (certificate === undefined) return refuse("notAuthorized", "no-login");
      return this.#twice(() => this.#options.certificates.login(username, certificate));
    }
    if (this.#options.jwt.reads(password)) return this.#byJwt(username, password);
    if (username === undefined) return refuse("notAuthorized", "no-login");
    return this.#bySecret(username, password, request.address);
  }

  async #bySecret(name: string, password: Uint8Array, address: string): Promise<LoginVerdict> {
    const { registry, passwords, anonymous: open } = this.#options;
    const known = this.#byDigest(name, password);
    if (known !== undefined) return known;
    const chosen = passwordsOf(registry.device(name));
    const verdict = chosen.length === 0 ? undefined : await passwords.verify(name, chosen, password, address);
    if (typeof verdict === "object") return this.#accepted(name, verdict);
    if (!(await this.#refresh())) return refuse("unavailable", "too-many-logins");
    const found = this.#byDigest(name, password);
    if (found !== undefined) return found;
    const now = passwordsOf(registry.device(name));
    let last: PasswordVerdict;
    if (now.length > 0 && (verdict === undefined || !sameHashes(now, chosen))) {
      last = await passwords.verify(name, now, password, address);
    } else {
      // Where anybody is let in there is nothing to find out.
      last = verdict ?? (open ? "wrong" : await passwords.pretend(name, address));
    }
    if (typeof last === "object") return this.#accepted(name, last);
    if (last === "busy") return refuse("unavailable", "too-many-passwords");
    return refuse("badLogin", registry.device(name) === undefined ? "unknown-device" : "wrong-secret");
  }

  /** Secrets that are compared by their SHA-256: a token of the device, or a provisioning key. */
  #byDigest(name: string, secret: Uint8Array): LoginVerdict | undefined {
    const { registry } = this.#options;
    const credential = tokenCredential(registry.device(name), secret);
    if (credential !== undefined) return this.#accepted(name, credential);
    if (name !== provisioningName) return undefined;
    const key = registry.provisioningKeyOf(sha256(secret));
    if (key === undefined || !key.scopes.includes(registerScope)) return undefined;
    const principal = { kind: "provisioning", keyId: key.id, expiresAt: key.expiresAt } as const;
    return hasExpired(principal, nowMicros()) ? undefined : { principal };
  }

  async #byJwt(username: string | undefined, password: Uint8Array): Promise<LoginVerdict> {
    const { jwt, registry, registrar } = this.#options;
    const verdict = await jwt.verify(password);
    if ("why" in verdict) return refuse(verdict.unavailable === true ? "unavailable" : "badLogin", verdict.why);
    const { device, expiresAt, createDevice } = verdict;
    if (username !== undefined && username !== device) return refuse("badLogin", "jwt-other-device");
    if (expiresAt !== 0 && expiresAt <= nowMicros()) return refuse("badLogin", "jwt-expired");
    const isKnown = (): LoginVerdict => {
      const incarnation = registry.device(device)?.incarnation;
      if (incarnation === undefined) return refuse("badLogin", "unknown-device");
      return { principal: { kind: "device", device, incarnation, credentialId: undefined, expiresAt } };
    };
    const known = await this.#twice(isKnown);
    if ("principal" in known || !createDevice || known.refused === "unavailable") return known;
    const outcome = await registrar.register({ id: device }, "jwt");
    return outcome === "unavailable" ? refuse("unavailable", "log-away") : isKnown();
  }

  #accepted(device: string, { id, expiresAt }: { readonly id: string; readonly expiresAt: number }): LoginVerdict {
    const incarnation = this.#options.registry.device(device)?.incarnation;
    if (incarnation === undefined) return refuse("badLogin", "unknown-device");
    return { principal: { kind: "device", device, incarnation, credentialId: id, expiresAt } };
  }

  /** Decides with the registry as it is, and a refusal once more when the registry has read the log to its end. */
  async #twice(decide: () => LoginVerdict): Promise<LoginVerdict> {
    const first = decide();
    if ("principal" in first) return first;
    return (await this.#refresh()) ? decide() : refuse("unavailable", "too-many-logins");
  }

  async #refresh(): Promise<boolean> {
    if (this.#waiting >= maxWaiting) return false;
    this.#waiting += 1;
    try {
      await this.#options.registry.refresh();
      // All that wait know at the same time; each is decided and let in in its turn.
      await turnSlices.next();
    } finally {
      this.#waiting -= 1;
    }
    return true;
  }
}

function passwordsOf(device: RegisteredDevice | undefined) {
  return usable(device, "password");
}

function sameHashes(a: ReturnType<typeof passwordsOf>, b: ReturnType<typeof passwordsOf>): boolean {
  return a.length === b.length && a.every(({ hash }, index) => hash === b[index]?.hash);
}
