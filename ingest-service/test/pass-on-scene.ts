import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { silentLogger } from "@headwater/core";
import { type Authenticator, createHttpServer, createMetrics, type HttpServer } from "@headwater/service";
import { passOn } from "../src/upstreams/pass-on.ts";
import { servicesRoute } from "../src/upstreams/services-route.ts";
import type { Upstream } from "../src/upstreams/upstream.ts";

export const token = "a-token-of-the-administrator-of-32+";
export const bearer = { authorization: `Bearer ${token}` };
const auth: Authenticator = {
  authenticate: (given) => Promise.resolve(given === token ? { id: "admin", scopes: ["*"] } : undefined),
  ofSession: (secret) => Promise.resolve(secret === "s1" ? { id: "ann", scopes: ["rules:read"] } : undefined),
};

export interface Asked extends Pick<IncomingMessage, "method" | "url" | "headers"> {
  readonly body: string;
}

/** A server that passes on to another one, which says what it is told to say and keeps what it was asked. */
export class PassOnScene {
  readonly asked: Asked[] = [];
  answer: (request: IncomingMessage, response: ServerResponse) => unknown = (_request, response) =>
    response.setHeader("content-type", "application/json").end('{"well":true}');
  /** Closed at the end, the last one first. */
  readonly open: (() => Promise<unknown> | void)[] = [];
  upstream!: Server;
  /** Of the other server. */
  port!: number;
  ingest!: HttpServer;
  url!: string;

  static async start(): Promise<PassOnScene> {
    const scene = new PassOnScene();
    scene.upstream = await scene.startUpstream();
    scene.port = (scene.upstream.address() as AddressInfo).port;
    scene.ingest = await scene.startIngest([{ name: "rules", origin: `http://127.0.0.1:${scene.port}`, prefix: "" }]);
    return scene;
  }

  async startUpstream(at = 0): Promise<Server> {
    const server = createServer((request, response) => {
      const { method, url: path, headers } = request;
      void text(request).then((body) => {
        this.asked.push({ method, url: path, headers, body });
        this.answer(request, response);
      });
    });
    server.listen(at, "127.0.0.1");
    await once(server, "listening");
    this.open.push(() => {
      server.closeAllConnections();
      server.close();
    });
    return server;
  }

  /** `url` is that of the last one that was started. */
  async startIngest(upstreams: readonly Upstream[]): Promise<HttpServer> {
    const http = await createHttpServer({
      ...{ logger: silentLogger, auth, metrics: createMetrics({ service: "test", processMetrics: false }) },
      ...{ host: "127.0.0.1", port: 0, title: "Test", readiness: () => [], hosts: [], drainMs: 100 },
    });
    passOn({ http, upstreams, logger: silentLogger });
    servicesRoute(http.app, { here: ["ingest"], upstreams });
    ({ url: this.url } = await http.listen());
    this.open.push(() => http.close());
    return http;
  }

  async close(): Promise<void> {
    for (const close of this.open.splice(0).toReversed()) await close();
  }
}
