import { ApiError } from "./api-error.ts";

export interface ApiClient {
  /** @throws ApiError with the problem's own words for any other status than the expected ones. */
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
        throw new ApiError(`${method} ${url.href}: no answer; is Headwater running there?`, undefined, { cause });
      }
      const text = await response.text();
      if (!response.ok && !expected.includes(response.status)) {
        throw new ApiError(`${method} ${path}: ${response.status} ${text.slice(0, 500)}`, response.status);
      }
      return (text === "" ? undefined : JSON.parse(text)) as T;
    },
  };
}
