import { parseCookie, stringifySetCookie } from "cookie";
import type { FastifyReply, FastifyRequest } from "fastify";

const maxSecretLength = 100;

/**
 * The cookie's name has the port that the page was opened at: browsers keep cookies by host alone, and two Headwaters
 * of one machine would sign each other's people out.
 */
export function sessionCookieName(request: FastifyRequest): string {
  const port = /:(\d{1,5})$/.exec(request.headers.host ?? "")?.[1];
  return port === undefined ? "headwater-session" : `headwater-session-${port}`;
}

/** The secret of the session that a browser shows, if it shows one. */
export function sessionSecret(request: FastifyRequest): string | undefined {
  const { cookie } = request.headers;
  if (cookie === undefined) return undefined;
  const secret = parseCookie(cookie)[sessionCookieName(request)];
  return secret === undefined || secret === "" || secret.length > maxSecretLength ? undefined : secret;
}

/** Hands a browser a session that no script of a page can read and no page of another site can use. */
export function setSessionCookie(
  request: FastifyRequest,
  reply: FastifyReply,
  secret: string,
  seconds: number,
  isHttps = false,
): void {
  const secure = isHttps || isSecure(request);
  const name = sessionCookieName(request);
  // Fastify puts it beside another cookie, if there is one.
  void reply.header(
    "set-cookie",
    stringifySetCookie({ name, value: secret, maxAge: seconds, path: "/", httpOnly: true, sameSite: "strict", secure }),
  );
}

export function clearSessionCookie(request: FastifyRequest, reply: FastifyReply): void {
  setSessionCookie(request, reply, "", 0);
}

/** Whether the browser is at an address of https, as it says itself: TLS ends in front of this server. */
function isSecure(request: FastifyRequest): boolean {
  return request.headers.origin?.startsWith("https://") === true;
}
