import { StoreUnavailableError } from "@headwater/time-series";
import { InfluxTokenError } from "./errors.ts";

export interface Asked {
  readonly token: string;
  readonly body?: string;
  /** Statuses beyond 2xx that the caller understands. */
  readonly alsoFine?: readonly number[];
  readonly timeoutMs?: number;
}

/**
 * One request to InfluxDB's HTTP API. No message shows a token.
 * @throws StoreUnavailableError while InfluxDB does not answer, else InfluxTokenError.
 */
export async function askInflux(
  place: string,
  method: string,
  path: string,
  { token, body, alsoFine = [], timeoutMs = 10_000 }: Asked,
): Promise<Response> {
  const url = new URL(path, place);
  let answer: Response;
  try {
    answer = await fetch(url, {
      method,
      headers: { authorization: `Token ${token}`, "content-type": "application/json" },
      signal: AbortSignal.timeout(timeoutMs),
      ...(body !== undefined && { body }),
    });
  } catch (cause) {
    throw new StoreUnavailableError(`InfluxDB does not answer at ${place}`, { cause });
  }
  if (answer.ok || alsoFine.includes(answer.status)) return answer;
  const { message = "" } = (await answer.json().catch(() => ({}))) as { message?: string };
  const said = `InfluxDB answers ${method} ${url.pathname} with ${answer.status} ${message}`.trimEnd();
  throw answer.status >= 500 || answer.status === 429 ? new StoreUnavailableError(said) : new InfluxTokenError(said);
}
