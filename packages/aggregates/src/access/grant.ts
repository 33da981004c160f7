import { RequestError } from "@headwater/core/errors";
import type { events } from "@headwater/proto";
import type { AccessInput } from "./provisioning-key.ts";
import { isScope, roles, scopes as allScopes } from "./scopes.ts";

type AccessEvent = ReturnType<typeof events.access.decode>;

interface Granted {
  readonly revision: number;
  readonly grant?: Grant | undefined;
}

/** What opens the API: a token, or the session of a browser. */
export interface Grant {
  /** In access.v1. */
  readonly id: string;
  readonly kind: "token" | "session";
  /** Who it speaks for: of a token its name, of a session who signed in. */
  readonly name: string;
  /** SHA-256 of the secret. */
  readonly hash: Uint8Array;
  /** Scopes and roles, as they were given. */
  readonly scopes: readonly string[];
  /** µs */
  readonly createdAt: number;
  /** µs; 0: never. */
  readonly expiresAt: number;
  readonly createdBy: string;
  /** Of a session: what it ends with; "": nothing but its own end. */
  readonly restsOn: string;
}

/** A name is part of a path, and stands in events as who did something. */
export const tokenNamePattern = "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$";
/** Other callers are called so. */
const takenNames: ReadonlySet<string> = new Set(["admin", "metrics"]);

/** One token has a name at a time: it is what the token is known by. */
export function tokenIdOf(name: string): string {
  return `token/${name}`;
}

export function sessionIdOf(random: string): string {
  return `session/${random}`;
}

/**
 * The event that creates a token. Throws RequestError: 400 `invalid-token` for one that cannot be, 409 `token-exists`
 * while there is one of that name.
 */
export function createToken(
  state: Granted | undefined,
  token: Omit<Grant, "id" | "kind" | "restsOn">,
  writeId: string,
): AccessInput {
  const { name, scopes } = token;
  if (!new RegExp(tokenNamePattern).test(name)) {
    throw invalid(
      "A token's name has 1 to 64 letters, digits, dots, dashes or underscores, and begins with none of those signs",
    );
  }
  if (takenNames.has(name)) throw invalid(`A token cannot be called ${name}: that is who another token speaks for`);
  if (scopes.length === 0) throw invalid("A token needs a scope at least");
  const unknown = scopes.find((scope) => !isScope(scope));
  if (unknown !== undefined) {
    const known = [...Object.keys(roles), ...allScopes].join(", ");
    throw invalid(`${JSON.stringify(unknown.slice(0, 100))} is no scope; there are ${known}`);
  }
  if (state?.grant !== undefined) {
    throw new RequestError(409, "token-exists", `There is a token ${name} already; revoke it, or take another name`);
  }
  return {
    ...token,
    id: tokenIdOf(name),
    kind: "token",
    scopes: [...new Set(scopes)],
    revision: nextOf(state),
    writeId,
  };
}

/** The event that opens a session. */
export function openSession(session: Omit<Grant, "kind">, writeId: string): AccessInput {
  return { ...session, kind: "session", scopes: [...session.scopes], revision: 1, writeId };
}

/** The event that ends a token or a session. Throws RequestError: 404 `token-unknown` or `no-session`. */
export function endGrant(
  state: Granted | undefined,
  { id, by, at }: { readonly id: string; readonly by: string; readonly at: number },
  writeId: string,
): AccessInput {
  if (state?.grant === undefined) {
    if (id.startsWith("session/")) throw new RequestError(404, "no-session", "There is no such session");
    const name = JSON.stringify(id.slice("token/".length, 100));
    throw new RequestError(404, "token-unknown", `There is no token ${name}`);
  }
  const { kind, name } = state.grant;
  return { id, kind, name, revision: nextOf(state), deleted: true, createdBy: by, createdAt: at, writeId };
}

/** undefined: the event is of no token or session, or of its end. */
export function grantOf(event: AccessEvent): Grant | undefined {
  const { kind, deleted } = event;
  if (deleted || (kind !== "token" && kind !== "session")) return undefined;
  const { id, name, scopes, createdAt, expiresAt, createdBy, restsOn } = event;
  return {
    id,
    kind,
    name,
    hash: new Uint8Array(event.hash),
    scopes: [...scopes],
    createdAt,
    expiresAt,
    createdBy,
    restsOn,
  };
}

function nextOf(state: Granted | undefined): number {
  return (state?.revision ?? 0) + 1;
}

function invalid(message: string): RequestError {
  return new RequestError(400, "invalid-token", message);
}
