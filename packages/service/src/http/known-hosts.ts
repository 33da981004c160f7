import { isIP } from "node:net";
import type { FastifyRequest } from "fastify";
import { RequestError } from "@headwater/core";
import type { AdoptedConnections } from "./adopted-connections.ts";
import type { HttpApp } from "./type-provider.ts";

/**
 * Refuses who asks by a name that is not the server's (421). A page elsewhere can give its own name this server's
 * address, and a browser takes the answers for the page's then (DNS rebinding). What shows a token is no such page, and
 * to what came over TLS the certificate has told the name.
 */
export function refuseForeignHosts(
  app: HttpApp,
  names: readonly string[],
  adopted: AdoptedConnections,
  showsToken: (request: FastifyRequest) => Promise<boolean>,
): void {
  const known = new Set(names.map((name) => name.toLowerCase()));
  app.addHook("onRequest", async (request) => {
    const { headers, raw } = request;
    if (adopted.has(raw.socket) || isOwn(headers.host ?? "", known) || (await showsToken(request))) return;
    throw new RequestError(
      421,
      "unknown-host",
      `This server is not known as ${JSON.stringify((headers.host ?? "").slice(0, 100))}; name it in HEADWATER_HTTP_HOSTS`,
    );
  });
}

function isOwn(host: string, known: ReadonlySet<string>): boolean {
  const name = host
    .replace(/:\d{0,5}$/, "")
    .replace(/\.$/, "")
    .toLowerCase();
  const address = name.startsWith("[") && name.endsWith("]") ? name.slice(1, -1) : name;
  // A request of HTTP/1.0 may have no Host; no browser sends one.
  return name === "" || isIP(address) !== 0 || name === "localhost" || name.endsWith(".localhost") || known.has(name);
}
