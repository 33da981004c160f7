import type { FastifyRequest } from "fastify";
import { RequestError } from "@headwater/core";

const reading: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS"]);

/**
 * Refuses what a page of another origin makes a browser send (403). A browser says where a request comes from, in
 * headers that no page can set: `Sec-Fetch-Site` at https and on this machine, `Origin` with every write.
 */
export function refuseForeignPages(request: FastifyRequest): void {
  if (reading.has(request.method) || isOwnPage(request)) return;
  throw foreign();
}

/** As `refuseForeignPages`, where a program that is no browser may ask as well: it says nothing of where it is. */
export function refuseForeignBrowsers(request: FastifyRequest): void {
  const { origin, "sec-fetch-site": site } = request.headers;
  if ((origin ?? site) !== undefined) refuseForeignPages(request);
}

function foreign(): RequestError {
  return new RequestError(
    403,
    "foreign-origin",
    "A session is for the pages of this address; what else there is sends a token as `Authorization: Bearer <token>`",
  );
}

function isOwnPage({ headers }: FastifyRequest): boolean {
  const site = headers["sec-fetch-site"];
  if (site !== undefined) return site === "same-origin";
  const { origin, host } = headers;
  return origin !== undefined && host !== undefined && /^https?:\/\/(.+)$/.exec(origin)?.[1] === host;
}
