import { readFileSync } from "node:fs";
import { SimulationError } from "../errors.ts";

export interface ApiClient {
  /** @throws SimulationError with the problem's own words for any other status than the expected ones. */
  request<T>(method: string, path: string, body?: unknown, expected?: readonly number[]): Promise<T>;
}

const requestTimeoutMs = 30_000;

/** Speaks to Headwater's REST API with a bearer token. */
export function createApiClient(baseUrl: string, token: string): ApiClient {
  return {
    async request<T>(method: string, path: string, body?: unknown, expected: readonly number[] = []): Promise<T> {
      const url = new URL(path, baseUrl);
      let response: Response;
      try {
        response = await fetch(url, {
          method,
          headers: {
            authorization: `Bearer ${token}`,
            ...(body === undefined ? {} : { "content-type": "application/json" }),
          },
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
          signal: AbortSignal.timeout(requestTimeoutMs),
        });
      } catch (cause) {
        throw new SimulationError(`${method} ${url.href}: no answer; is Headwater running there?`, { cause });
      }
      const text = await response.text();
      if (!response.ok && !expected.includes(response.status)) {
        throw new SimulationError(`${method} ${path}: ${response.status} ${text.slice(0, 500)}`, {
          details: { status: response.status },
        });
      }
      return (text === "" ? undefined : JSON.parse(text)) as T;
    },
  };
}

/** The token from a file such as `data/admin-token`. */
export function readTokenFile(file: string): string {
  try {
    return readFileSync(file, "utf8").trim();
  } catch (cause) {
    throw new SimulationError(`cannot read the admin token from ${file}; name another with --token-file`, { cause });
  }
}
