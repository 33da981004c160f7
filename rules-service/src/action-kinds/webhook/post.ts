import { lookup as systemLookup } from "node:dns/promises";
import { request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";
import { isIP, type LookupFunction } from "node:net";
import { HeadwaterError } from "@headwater/core";
import { type Addresses, hostOf } from "./addresses.ts";

/** An address that webhooks may not reach. */
export class RefusedAddressError extends HeadwaterError {
  readonly advice = "reject";
  readonly code = "address-refused";
}

/** Bytes of an answer that are read; it is its status that counts. */
const maxAnswer = 65_536;

export interface Answer {
  readonly status: number;
  readonly retryAfter: string | undefined;
}

export interface PostOptions {
  readonly addresses: Addresses;
  /** Every address of a host name. Default: the system's resolver. */
  readonly resolve?: ((host: string) => Promise<readonly string[]>) | undefined;
  readonly signal: AbortSignal;
}

/**
 * Posts a body over a connection of its own, to an address that was checked: the one that is connected to is the one
 * that the resolver gave here, so a name cannot turn to another in between. Follows no redirect and uses no proxy.
 * Rejects with RefusedAddressError, the signal's reason, or the error of the network.
 */
export async function post(
  url: URL,
  headers: Readonly<Record<string, string>>,
  body: Uint8Array,
  { addresses, resolve = resolveBySystem, signal }: PostOptions,
): Promise<Answer> {
  const host = hostOf(url);
  if (isIP(host) !== 0) checkAddress(addresses, host, host);
  const answer = async (name: string, all: boolean, callback: Parameters<LookupFunction>[2]): Promise<void> => {
    let found: { address: string; family: number }[];
    try {
      found = await checked(addresses, name, resolve);
    } catch (error) {
      callback(error as Error, "", 0);
      return;
    }
    if (all) callback(null, found);
    else callback(null, found[0]!.address, found[0]!.family);
  };
  const lookup: LookupFunction = (name, { all }, callback) => void answer(name, all === true, callback);
  const send = url.protocol === "https:" ? httpsRequest : httpRequest;
  const options = { method: "POST", headers: { ...headers, "content-length": body.length }, agent: false, lookup };
  return new Promise((resolveAnswer, reject) => {
    const request = send(url, { ...options, signal });
    let finished: (() => void) | undefined;
    request.on("error", (error) => {
      // The status came: what breaks afterwards changes nothing about it.
      if (finished !== undefined) finished();
      else reject(signal.aborted ? (signal.reason as Error) : error);
    });
    // Nobody asked for another protocol: an answer like any other. Node gives it to nobody else.
    request.once("upgrade", ({ statusCode: status = 0 }, socket) => {
      socket.destroy();
      resolveAnswer({ status, retryAfter: undefined });
    });
    request.once("response", (response) => {
      const { statusCode: status = 0 } = response;
      const retryAfter = response.headers["retry-after"];
      const finish = (): void => {
        resolveAnswer({ status, retryAfter });
        request.destroy();
      };
      finished = finish;
      let bytes = 0;
      response.on("data", (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes > maxAnswer) finish();
      });
      response.once("end", finish);
      response.once("error", finish);
      response.once("close", finish);
    });
    request.end(body);
  });
}

/** Every address of a name, none of which is refused. */
async function checked(addresses: Addresses, name: string, resolve: NonNullable<PostOptions["resolve"]>) {
  const found = await resolve(name);
  if (found.length === 0) throw new RefusedAddressError(`${name} has no address`);
  for (const address of found) checkAddress(addresses, name, address);
  return found.map((address) => ({ address, family: isIP(address) }));
}

function checkAddress(addresses: Addresses, host: string, address: string): void {
  const refusal = addresses.refusal(address);
  if (refusal === undefined) return;
  const named = host === address ? address : `${host} (${address})`;
  throw new RefusedAddressError(`${named} ${refusal}; webhooks reach it only if HEADWATER_ACTIONS_NETWORKS allows it`);
}

async function resolveBySystem(host: string): Promise<readonly string[]> {
  return (await systemLookup(host, { all: true })).map(({ address }) => address);
}
