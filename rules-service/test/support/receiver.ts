import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";

export interface Received {
  readonly path: string;
  readonly id: string;
  readonly headers: IncomingMessage["headers"];
  readonly text: string;
  // oxlint-disable-next-line typescript/no-explicit-any -- tests look into whatever came
  readonly body: any;
}

export interface Receiver {
  readonly url: string;
  readonly received: Received[];
  /** How it answers, from now on. Default: 204 to everything. */
  answer: (request: Received, response: ServerResponse) => void;
  of(path: string): Received[];
  close(): Promise<void>;
}

/** An HTTP server that keeps what it was sent. */
export async function startReceiver(port = 0): Promise<Receiver> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const text = Buffer.concat(chunks).toString();
      const received: Received = {
        ...{ path: request.url ?? "", id: String(request.headers["webhook-id"]), headers: request.headers, text },
        body: text === "" ? undefined : (JSON.parse(text) as unknown),
      };
      receiver.received.push(received);
      receiver.answer(received, response);
    });
  });
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  const receiver: Receiver = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received: [],
    answer: (_request, response) => response.writeHead(204).end(),
    of: (path) => receiver.received.filter((each) => each.path === path),
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
  return receiver;
}
