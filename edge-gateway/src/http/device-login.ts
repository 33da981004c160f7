import { RequestError } from "@headwater/core";
import { FailedLogins } from "@headwater/service";
import type { Socket } from "node:net";
import type { Permissions } from "../devices/access/permissions.ts";
import type { Identity } from "../devices/identity/identity.ts";
import type { LoginRequest } from "../devices/identity/login-request.ts";
import type { Principal } from "../devices/identity/principal.ts";
import type { Peer } from "../mqtt/listeners/peer.ts";
import type { RefusalLog } from "../refusal-log.ts";

export interface LoggedIn {
  readonly principal: Principal;
  /** undefined: nobody in particular, where anybody may send. */
  readonly device: string | undefined;
  readonly permissions: Permissions;
}

/** What a connection has shown last, and who that was. */
interface Known {
  readonly authorization: string | undefined;
  readonly principal: Principal;
}

const comeAgainMs = 5000;

/**
 * Who sends a request: the logins of MQTT, in the header `Authorization` (Basic with id and token or password, Bearer
 * with a JWT) or by a client certificate. As over MQTT a connection logs in once for all that it sends with the same
 * header; whether the login still counts is asked each time.
 */
export class DeviceLogin {
  readonly #identity: Pick<Identity, "login" | "permissionsOf">;
  readonly #refusals: RefusalLog;
  readonly #known = new WeakMap<Socket, Known>();
  readonly #failures = new FailedLogins();

  constructor(identity: Pick<Identity, "login" | "permissionsOf">, refusals: RefusalLog) {
    this.#identity = identity;
    this.#refusals = refusals;
  }

  /** Throws RequestError: 400 for a header that cannot be read, 401 and 403 for a login that is none, 503 for later. */
  async of(socket: Socket, authorization: string | undefined, peer: Peer): Promise<LoggedIn> {
    if (peer.certificateProblem !== undefined) throw await this.#refuseCertificate(peer, peer.certificateProblem);
    const known = this.#known.get(socket);
    if (known?.authorization === authorization && known !== undefined) {
      const loggedIn = this.#present(known.principal);
      if (loggedIn !== undefined) return loggedIn;
      this.#known.delete(socket);
    }
    const request = loginRequest(authorization, peer);
    const verdict = await this.#identity.login(request);
    if ("refused" in verdict) throw await this.#refuse(verdict.refused === "unavailable", verdict.why, request);
    const { principal } = verdict;
    if (principal.kind === "provisioning") {
      const text = "A provisioning key registers devices over MQTT; log in as the device that it registered";
      throw new RequestError(403, "no-login", text);
    }
    const loggedIn = this.#present(principal);
    if (loggedIn === undefined) throw await this.#refuse(false, "revoked", request);
    this.#known.set(socket, { authorization, principal });
    return loggedIn;
  }

  /** Whether who logged in may go on. */
  mayStill(principal: Principal): boolean {
    return this.#identity.permissionsOf(principal) !== undefined;
  }

  #present(principal: Principal): LoggedIn | undefined {
    const permissions = this.#identity.permissionsOf(principal);
    const device = principal.kind === "device" ? principal.device : undefined;
    return permissions && { principal, device, permissions };
  }

  /** As over MQTT no other login makes up for a certificate that does not count. */
  async #refuseCertificate({ address }: Peer, problem: string): Promise<RequestError> {
    this.#refusals.add("login", "untrusted-certificate", { address }, "a login over HTTP was refused");
    await this.#failures.failed(address);
    const text = `The client certificate does not count: ${problem}; show one of an authority that the gateway trusts`;
    return new RequestError(401, "login-refused", text);
  }

  async #refuse(isLater: boolean, why: string, { username, address }: LoginRequest): Promise<RequestError> {
    this.#refusals.add("login", why, { user: username?.slice(0, 128), address }, "a login over HTTP was refused");
    if (isLater) {
      const text = "The login cannot be decided just now; try again shortly";
      return new RequestError(503, "too-many-waiting", text, { retryAfterMs: comeAgainMs });
    }
    if (why !== "no-login") await this.#failures.failed(address);
    return new RequestError(
      401,
      "login-refused",
      "This needs the device's own login: `Authorization: Basic` with its id and its token or password, or `Bearer` " +
        "with a JWT of a configured issuer, or over HTTPS a client certificate that is its credential",
    );
  }
}

function loginRequest(authorization: string | undefined, { address, certificate }: Peer): LoginRequest {
  const none = { username: undefined, password: undefined, certificate, address };
  if (authorization === undefined) return none;
  const [, scheme, value] = /^([A-Za-z]+) +([\x21-\x7e]+) *$/.exec(authorization) ?? [];
  if (scheme?.toLowerCase() === "bearer") return { ...none, password: Buffer.from(value!, "latin1") };
  const pair = scheme?.toLowerCase() === "basic" ? Buffer.from(value!, "base64") : undefined;
  const colon = pair?.indexOf(0x3a) ?? -1;
  if (pair === undefined || colon === -1) {
    const text = "The header Authorization is neither `Basic` with base64 of id:token nor `Bearer` with a JWT";
    throw new RequestError(401, "login-refused", text);
  }
  const password = pair.subarray(colon + 1);
  return { ...none, username: pair.toString("utf8", 0, colon), password: password.length === 0 ? undefined : password };
}
