import {
  adminTokenAuth,
  createHttpServer,
  createMetrics,
  type HttpServer,
  type HttpServerOptions,
} from "@headwater/service";
import { silentLogger } from "@headwater/core";
import type { GatewayDeps } from "../src/app.ts";
import { GatewayUnderTest } from "./gateway-under-test.ts";

export interface HttpAnswer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
  readonly headers: Headers;
}

function httpServer(limits: HttpServerOptions["limits"]): Promise<HttpServer> {
  return createHttpServer({
    ...{ logger: silentLogger, metrics: createMetrics({ service: "gateway", processMetrics: false }) },
    ...{ auth: adminTokenAuth("an-admin-token-for-tests-only"), host: "127.0.0.1", port: 0, title: "Test" },
    ...(limits !== undefined && { limits }),
    readiness: () => [],
  });
}

/** A gateway with an HTTP server, to which devices send. */
export class HttpGateway {
  readonly gateway: GatewayUnderTest;
  url: string;
  #http: HttpServer;

  private constructor(gateway: GatewayUnderTest, http: HttpServer, url: string) {
    this.gateway = gateway;
    this.#http = http;
    this.url = url;
  }

  static async start(
    env: Record<string, string> = {},
    deps: Partial<GatewayDeps> = {},
    limits: HttpServerOptions["limits"] = {},
  ): Promise<HttpGateway> {
    const http = await httpServer(limits);
    const gateway = await GatewayUnderTest.start(env, { ...deps, http });
    const { url } = await http.listen();
    return new HttpGateway(gateway, http, url);
  }

  async restart(): Promise<void> {
    await this.gateway.downGateway();
    await this.#http.close();
    this.#http = await httpServer({});
    await this.gateway.upGateway({ http: this.#http });
    ({ url: this.url } = await this.#http.listen());
  }

  async stop(): Promise<void> {
    await this.#http.close();
    await this.gateway.stop();
  }

  async send(
    body: string | Uint8Array<ArrayBuffer>,
    login: string | undefined,
    { query = "", headers = {} }: { query?: string; headers?: Record<string, string> } = {},
  ): Promise<HttpAnswer> {
    return send(this.url, body, login, { query, headers });
  }
}

/** `login`: `id:token`, or `Bearer …` as it is. */
export async function send(
  url: string,
  body: string | Uint8Array<ArrayBuffer>,
  login: string | undefined,
  { query = "", headers = {} }: { query?: string; headers?: Record<string, string> } = {},
): Promise<HttpAnswer> {
  const authorization = login?.startsWith("Bearer ")
    ? login
    : login && `Basic ${Buffer.from(login).toString("base64")}`;
  const answer = await fetch(`${url}/api/v1/telemetry${query}`, {
    method: "POST",
    body,
    headers: { "content-type": "application/json", ...(authorization !== undefined && { authorization }), ...headers },
  });
  return { status: answer.status, body: (await answer.json()) as never, headers: answer.headers };
}
