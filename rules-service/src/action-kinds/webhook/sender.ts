import { TimedOutError } from "@headwater/core";
import type { Attempt, DeliveryMeans, Sender } from "../delivery.ts";
import type { WebhookAction } from "./action.ts";
import { Addresses } from "./addresses.ts";
import { post, RefusedAddressError } from "./post.ts";
import { keyOf, signatureOf } from "./signature.ts";

/** A receiver may ask for a pause up to this. */
const longestPauseMs = 3_600_000;

/** Sends webhooks, signed as Standard Webhooks (standardwebhooks.com) has it. */
export function createWebhookSender(means: DeliveryMeans): Sender<WebhookAction> {
  const addresses = new Addresses(means.allowedNetworks);
  return async ({ id, action, body }, signal) => {
    const target = targetOf(action, means);
    if (typeof target === "string") return failed(target);
    const seconds = Math.floor(Date.now() / 1000);
    const headers: Record<string, string> = {
      "content-type": "application/json",
      "user-agent": "Headwater",
      "webhook-id": id,
      "webhook-timestamp": String(seconds),
    };
    if (target.keys.length > 0) headers["webhook-signature"] = signatureOf(target.keys, id, seconds, body);
    const limit = AbortSignal.timeout(means.attemptMs);
    try {
      const { resolve } = means;
      const { status, retryAfter } = await post(target.url, headers, body, {
        ...{ addresses, resolve, signal: AbortSignal.any([signal, limit]) },
      });
      return judged(status, retryAfter);
    } catch (error) {
      if (signal.aborted) throw error;
      if (error instanceof RefusedAddressError) return { ...failed(error.message), forGood: true };
      const reason = limit.aborted ? new TimedOutError(`no answer within ${means.attemptMs} ms`) : (error as Error);
      return { ...failed(describe(reason)), unwell: true };
    }
  };
}

function targetOf(action: WebhookAction, { secret }: DeliveryMeans): { url: URL; keys: readonly Buffer[] } | string {
  const { url = "", urlSecret, secret: name } = action;
  const text = urlSecret === undefined ? url : secret(urlSecret)?.[0];
  if (text === undefined) return `the file of secrets has no ${urlSecret}`;
  const parsed = URL.canParse(text) ? new URL(text) : undefined;
  if (parsed === undefined || !/^https?:$/.test(parsed.protocol)) return `${urlSecret ?? "its url"} is no http(s) URL`;
  if (name === undefined) return { url: parsed, keys: [] };
  const secrets = secret(name);
  if (secrets === undefined) return `the file of secrets has no ${name}`;
  const keys = secrets.map(keyOf);
  if (keys.includes(undefined)) return `the secret ${name} is none of Standard Webhooks (whsec_ and base64)`;
  return { url: parsed, keys: keys as Buffer[] };
}

function judged(status: number, retryAfter: string | undefined): Attempt {
  if (status >= 200 && status < 300) return { outcome: "delivered", status };
  if (status >= 300 && status < 400) return { ...failed("it redirects, which is not followed"), status };
  if (status === 410) return { ...failed("it is gone"), status, forGood: true };
  const attempt = { ...failed(`it answered ${status}`), status, unwell: status >= 500 };
  const pause = status === 429 || status === 503 ? pauseOf(retryAfter) : undefined;
  return pause === undefined ? attempt : { ...attempt, retryAfterMs: pause };
}

/** Retry-After is seconds or a date. */
function pauseOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const ms = /^\d{1,9}$/.test(text) ? Number(text) * 1000 : Date.parse(text) - Date.now();
  return Number.isNaN(ms) ? undefined : Math.min(Math.max(ms, 0), longestPauseMs);
}

function failed(error: string) {
  return { outcome: "failed", status: 0, error } as const;
}

/** The kind of an error and no more: the message of a network error may hold the URL. */
function describe(error: Error & { code?: string }): string {
  if (error instanceof TimedOutError) return error.message;
  return error.code ?? error.name;
}
