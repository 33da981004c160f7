import { sleep } from "@headwater/core";
import { once } from "node:events";
import { createServer, request, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";

/** What happens to a request on its way to the real server. */
export type Fault =
  | { readonly answer: number; readonly headers?: Record<string, string>; readonly body?: string }
  /** The server gets it so many milliseconds later. */
  | { readonly delayMs: number }
  /** The server gets it, the caller never hears of that. */
  | "lose the answer"
  /** The connection ends after this many bytes of the answer. */
  | { readonly cutAfter: number }
  /** Nothing more comes after this many bytes of the answer, and the connection stays. */
  | { readonly stallAfter: number };

export interface FaultyProxy {
  readonly url: string;
  /** Decides for each request; undefined lets it pass. */
  fault: (path: string, body: Buffer) => Fault | undefined;
  readonly requests: { path: string; bytes: number }[];
  close(): Promise<void>;
}

/** A proxy in front of the real InfluxDB, for faults that it cannot be brought to show by itself. */
export async function startFaultyProxy(target: string): Promise<FaultyProxy> {
  const server = createServer((incoming, outgoing) => {
    serve(incoming, outgoing).catch((error: Error) => outgoing.destroy(error));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const proxy: FaultyProxy = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    fault: () => undefined,
    requests: [],
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };

  async function serve(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const body = await buffer(incoming);
    const path = incoming.url ?? "";
    proxy.requests.push({ path, bytes: body.length });
    const fault = proxy.fault(path, body);
    if (typeof fault === "object" && "answer" in fault) {
      outgoing.writeHead(fault.answer, fault.headers).end(fault.body);
      return;
    }
    if (typeof fault === "object" && "delayMs" in fault) await sleep(fault.delayMs);
    const { host: _, ...headers } = incoming.headers;
    const forwarded = request(`${target}${path}`, { method: incoming.method, headers });
    forwarded.end(body);
    const [answer] = (await once(forwarded, "response")) as [IncomingMessage];
    if (fault === "lose the answer") {
      await buffer(answer);
      outgoing.destroy();
      return;
    }
    outgoing.writeHead(answer.statusCode ?? 500, answer.headers);
    let sent = 0;
    for await (const piece of answer) {
      outgoing.write(piece);
      sent += (piece as Buffer).length;
      if (fault === undefined) continue;
      if ("stallAfter" in fault && sent >= fault.stallAfter) return;
      if ("cutAfter" in fault && sent >= fault.cutAfter) {
        outgoing.destroy();
        return;
      }
    }
    outgoing.end();
  }
  return proxy;
}
