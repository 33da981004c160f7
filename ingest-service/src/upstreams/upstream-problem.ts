import { RequestError } from "@headwater/core";
import { settingsOf, type Upstream } from "./upstream.ts";

/** No connection came about, so that nothing was asked. */
const notReached: ReadonlySet<string> = new Set([
  "EAI_AGAIN",
  "ECONNREFUSED",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ENOTFOUND",
  "ETIMEDOUT",
  "UND_ERR_CONNECT_TIMEOUT",
]);

/** What is said to whoever asked a service that gave no answer; `code` is that of the connection's error. */
export function upstreamProblem({ name, origin }: Upstream, code: string, isReading: boolean): RequestError {
  const service = `The ${name} service`;
  if (code === "UND_ERR_HEADERS_TIMEOUT") {
    const detail = `${service} took too long to answer${isReading ? "" : "; look whether it was done before asking again"}`;
    return new RequestError(503, "timed-out", detail);
  }
  if (isReading || notReached.has(code)) {
    const where = `${service} does not answer at ${origin}${code === "" ? "" : ` (${code})`}`;
    const detail = `${where}: start it, or say in ${settingsOf[name].join(" or ")} where it is`;
    return new RequestError(503, "service-away", detail, { retryAfterMs: 2_000 });
  }
  const detail = `${service} went away before it answered; look whether it was done before asking again`;
  return new RequestError(503, "unknown-outcome", detail);
}
