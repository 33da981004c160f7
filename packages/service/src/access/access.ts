import { randomUUID } from "node:crypto";
import { type AccessInput, type AccessState, expandScopes, type Grant, tokenIdOf } from "@headwater/aggregates";
import { nowMicros, RequestError, sameDigest, sha256 } from "@headwater/core";
import type { OutgoingRecord } from "@headwater/event-log";
import { cloudEventHeaders, events, eventTypes } from "@headwater/proto";
import type { Authenticator, Principal } from "../http/index.ts";
import { performWrite, type WriteContext, type WriteStamp, type Written } from "../write/index.ts";
import type { AccessModel } from "./access-model.ts";
import type { OidcProvider } from "./oidc-provider.ts";
import { SignInCodes } from "./sign-in-codes.ts";
import { TokenUses } from "./token-uses.ts";

export interface AccessOptions {
  readonly model: AccessModel;
  readonly adminToken: string;
  /** The provider at which people sign in, if there is one; it says whose its tokens are. */
  readonly provider?: Pick<OidcProvider, "issuer" | "ownerOf"> | undefined;
  /** Whether this process may write access.v1. Default: true. */
  readonly mayWrite?: boolean;
  readonly writing: Omit<WriteContext, "model"> & { readonly topic: string; readonly source: string };
}

/** Who may use the API: the administrator by the token in its file, and the tokens and sessions of access.v1. */
export class Access implements Authenticator {
  readonly model: AccessModel;
  readonly codes = new SignInCodes();
  readonly uses: TokenUses;
  readonly #writing: AccessOptions["writing"];
  readonly #adminDigest: Uint8Array;
  /** A session that rests on it ends when the administrator's token is another. */
  readonly #adminBasis: string;
  /** A session of somebody who signed in at a provider ends when the provider is another. */
  readonly #oidcBasis: string | undefined;
  readonly #provider: AccessOptions["provider"];

  constructor({ model, adminToken, writing, mayWrite = true, provider }: AccessOptions) {
    this.model = model;
    this.#writing = writing;
    const { log, topic, logger } = writing;
    this.uses = new TokenUses({
      revisionOf: (id) => model.state(id)?.revision,
      append: mayWrite
        ? async (event) => log.append(topic, [this.#recordOf(event, randomUUID(), nowMicros())])
        : undefined,
      logger,
    });
    this.#provider = provider;
    this.#oidcBasis = provider === undefined ? undefined : `oidc@${provider.issuer}`;
    this.#adminDigest = sha256(adminToken);
    this.#adminBasis = `admin@${sha256(this.#adminDigest).toString("base64url").slice(0, 16)}`;
  }

  async authenticate(token: string): Promise<Principal | undefined> {
    const digest = sha256(token);
    if (sameDigest(digest, this.#adminDigest)) return { id: "admin", scopes: ["*"] };
    if (this.#provider !== undefined && isJwt(token)) return this.#provider.ownerOf(token);
    const principal = this.#principal(await this.#grantOf(digest), "token");
    if (principal !== undefined) this.uses.note(principal.id);
    return principal;
  }

  async ofSession(secret: string): Promise<Principal | undefined> {
    const grant = await this.#grantOf(sha256(secret));
    const principal = this.#principal(grant, "session");
    if (principal !== undefined && grant!.restsOn.startsWith(tokenIdOf(""))) this.uses.note(principal.id);
    return principal;
  }

  /** What a session of that principal rests on. */
  basisOf({ id }: Principal): string {
    if (id === "admin") return this.#adminBasis;
    if (id.startsWith("oidc:")) return this.#oidcBasis ?? "";
    return `${tokenIdOf(id)}@${this.model.state(tokenIdOf(id))?.revision ?? 0}`;
  }

  get administrator(): Principal {
    return { id: "admin", scopes: ["*"] };
  }

  /** The id of the session of that secret; undefined if there is none. */
  sessionOf(secret: string): Grant | undefined {
    const grant = this.model.grantOf(sha256(secret));
    return grant?.kind === "session" && this.#isLive(grant) ? grant : undefined;
  }

  /** Sessions that open something still, by id: those of a name, or of anybody. */
  openSessions(name: string | undefined, after: string, limit: number): readonly Grant[] {
    const found: Grant[] = [];
    for (let from = after; found.length < limit;) {
      const sessions = this.model.sessions(name, nowMicros(), from, limit);
      found.push(...sessions.filter((session) => this.#isLive(session)));
      if (sessions.length < limit) break;
      from = sessions.at(-1)!.id;
    }
    return found.slice(0, limit);
  }

  write(
    id: string,
    decide: (state: AccessState | undefined, stamp: WriteStamp) => AccessInput,
  ): Promise<Written<AccessState>> {
    const { model } = this;
    const { topic } = this.#writing;
    return performWrite(
      {
        topic,
        subject: JSON.stringify(id.slice(0, 100)),
        read: () => model.state(id),
        decide: (state, stamp) => this.#recordOf(decide(state, stamp), stamp.writeId, stamp.at),
        outcomes: model.outcomes,
      },
      { ...this.#writing, model },
    );
  }

  #recordOf(event: AccessInput, writeId: string, at: number): OutgoingRecord {
    const headers = cloudEventHeaders({ type: eventTypes.access, source: this.#writing.source, id: writeId, time: at });
    return { key: event.id ?? "", value: events.access.encode(event), headers };
  }

  /** One that is not known may have been made elsewhere just now. Throws RequestError (503) if nobody can say. */
  async #grantOf(digest: Uint8Array): Promise<Grant | undefined> {
    const known = this.model.grantOf(digest);
    if (known !== undefined) return known;
    await this.model.refresh();
    const grant = this.model.grantOf(digest);
    if (grant === undefined && !this.model.caughtUp) {
      throw new RequestError(503, "starting", "It is not known yet which tokens there are; try again shortly");
    }
    return grant;
  }

  #principal(grant: Grant | undefined, kind: Grant["kind"]): Principal | undefined {
    if (grant === undefined || grant.kind !== kind || !this.#isLive(grant)) return undefined;
    const { id, name, scopes, expiresAt, createdAt } = grant;
    return {
      id: name,
      scopes: expandScopes(scopes),
      ...(expiresAt > 0 && { expiresAt }),
      holds: () => {
        const present = this.model.state(id)?.grant;
        return present !== undefined && present.createdAt === createdAt && this.#isLive(present);
      },
    };
  }

  #isLive({ kind, expiresAt, restsOn }: Grant): boolean {
    if (expiresAt !== 0 && expiresAt <= nowMicros()) return false;
    if (kind === "token" || restsOn === "") return true;
    if (restsOn.startsWith("oidc@")) return restsOn === this.#oidcBasis;
    if (restsOn.startsWith("admin@")) return restsOn === this.#adminBasis;
    const at = restsOn.lastIndexOf("@");
    const basis = this.model.state(restsOn.slice(0, at));
    return basis?.grant !== undefined && basis.revision === Number(restsOn.slice(at + 1)) && this.#isLive(basis.grant);
  }
}

/** Three parts in base64url, the first of which begins as JSON does: no token of ours looks so. */
function isJwt(token: string): boolean {
  return /^eyJ[\w-]*\.[\w-]+\.[\w-]+$/.test(token);
}
