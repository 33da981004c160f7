import { type AnswerOf, type InputOf, type Method, pathOf, type PathOf } from "./routes.ts";
import { ForeignAnswerError, NoAnswerError, ProblemError } from "./api-error.ts";

export interface ApiClient {
  /**
   * Calls an operation of the API, whose parameters, body and answer are typed from its OpenAPI document.
   * @throws ProblemError for any status but 2xx, NoAnswerError if there is no answer within 30 s, or within `waitMs`.
   */
  call<M extends Method, P extends PathOf<M>>(method: M, path: P, input: InputOf<M, P>): Promise<AnswerOf<M, P>>;
  /**
   * Calls the API with JSON and answers with JSON, or with nothing for an answer without a body. `expected` are
   * statuses besides 2xx whose body is an answer as well.
   * @throws ProblemError for any other status, NoAnswerError if there is no answer within 30 s, or within `waitMs`,
   * ForeignAnswerError for an answer that is no object in JSON.
   */
  request<T>(
    method: string,
    path: string,
    body?: unknown,
    expected?: readonly number[],
    headers?: Readonly<Record<string, string>>,
    waitMs?: number,
  ): Promise<T>;
  /**
   * The body of an answer, for exports; with a body of its own (a POST) for imports. Throws as `request` does; the 30 s
   * are those until the answer begins, and `onHeaders` is told its headers.
   */
  stream(
    path: string,
    headers?: Readonly<Record<string, string>>,
    body?: Uint8Array<ArrayBuffer>,
    onHeaders?: (headers: Headers) => void,
  ): Promise<ReadableStream<Uint8Array>>;
}

const answerTimeoutMs = 30_000;

/** Speaks to Headwater's REST API at `baseUrl` with a bearer token; in a browser a session may stand for it. */
export function createApiClient(baseUrl: string, token?: string): ApiClient {
  const authorization: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const api: ApiClient = {
    call: callThrough((...request) => api.request(...request)),
    async request<T>(
      method: string,
      path: string,
      body?: unknown,
      expected: readonly number[] = [],
      headers: Readonly<Record<string, string>> = {},
      waitMs = answerTimeoutMs,
    ): Promise<T> {
      const url = new URL(path, baseUrl);
      const [response, text] = await answered(`${method} ${url.href}`, async () => {
        const got = await fetch(url, {
          method,
          headers: {
            ...authorization,
            ...(body === undefined ? {} : { "content-type": "application/json" }),
            ...headers,
          },
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
          signal: AbortSignal.timeout(waitMs),
        });
        return [got, await got.text()] as const;
      });
      if (!response.ok && !expected.includes(response.status)) {
        throw new ProblemError(`${method} ${path}`, response.status, text);
      }
      return answerIn(`${method} ${url.href}`, text) as T;
    },
    async stream(path, headers = {}, body, onHeaders) {
      const method = body === undefined ? "GET" : "POST";
      const url = new URL(path, baseUrl);
      const patience = new AbortController();
      const timer = setTimeout(() => patience.abort(), answerTimeoutMs);
      const response = await answered(`${method} ${url.href}`, () =>
        fetch(url, {
          method,
          headers: { ...authorization, ...headers },
          ...(body !== undefined && { body }),
          signal: patience.signal,
        }),
      ).finally(() => clearTimeout(timer));
      if (!response.ok) throw new ProblemError(`${method} ${path}`, response.status, await response.text());
      onHeaders?.(response.headers);
      return response.body ?? new Blob([]).stream();
    },
  };
  return api;
}

/** Calls operations through the requests of a client. */
export function callThrough(request: ApiClient["request"]): ApiClient["call"] {
  return (method, path, input) => {
    const { body, ifMatch, waitMs, ...parameters } = input as { body?: unknown; ifMatch?: number; waitMs?: number };
    const headers = ifMatch === undefined ? undefined : { "if-match": `"${ifMatch}"` };
    return request(method, pathOf(path, parameters), body, undefined, headers, waitMs);
  };
}

/** Every answer of the API with a body is an object. */
function answerIn(call: string, text: string): object | undefined {
  if (text === "") return undefined;
  let answer: unknown;
  try {
    answer = JSON.parse(text);
  } catch (cause) {
    throw new ForeignAnswerError(call, { cause });
  }
  if (typeof answer !== "object" || answer === null || Array.isArray(answer)) throw new ForeignAnswerError(call);
  return answer;
}

async function answered<T>(call: string, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (cause) {
    throw new NoAnswerError(`${call}: no answer; is Headwater running there?`, { cause });
  }
}
