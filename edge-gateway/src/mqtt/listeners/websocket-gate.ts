import { createServer, STATUS_CODES, type IncomingMessage, type Server } from "node:http";
import type { Duplex } from "node:stream";
import { WebSocketServer, type WebSocket } from "ws";

export interface WebSocketGateOptions {
  readonly paths: readonly string[];
  /** Of web pages; empty: all. */
  readonly origins: readonly string[];
  readonly maxPayload: number;
  /** `stream` is the one that `upgrade` was given. */
  readonly onOpen: (stream: Duplex, webSocket: WebSocket) => void;
  /** It has been answered, and ends. */
  readonly onRefused: (stream: Duplex, reason: string) => void;
}

/** The subprotocols of MQTT 3.1.1 (§6) and 3.1, the one that is preferred first. */
const subprotocols = ["mqtt", "mqttv3.1"] as const;

/** A closing handshake takes no longer (milliseconds). */
const closeTimeoutMs = 2000;

/**
 * Makes WebSockets (RFC 6455) of connections that others have accepted; whatever else is asked by HTTP gets its
 * refusal.
 */
export class WebSocketGate {
  readonly #options: WebSocketGateOptions;
  readonly #http: Server;
  readonly #webSockets: WebSocketServer;

  constructor(options: WebSocketGateOptions) {
    this.#options = options;
    this.#webSockets = new WebSocketServer({
      noServer: true,
      clientTracking: false,
      perMessageDeflate: false,
      maxPayload: options.maxPayload,
      skipUTF8Validation: true,
      closeTimeout: closeTimeoutMs,
      handleProtocols: (offered) => subprotocols.find((name) => offered.has(name)) ?? false,
    } as ConstructorParameters<typeof WebSocketServer>[0]);
    this.#webSockets.on("wsClientError", (_error, stream) => options.onRefused(stream, "websocket-request"));
    this.#http = createServer({ maxHeaderSize: 8192, keepAlive: false, insecureHTTPParser: false });
    this.#http.on("request", (request, response) => {
      options.onRefused(request.socket, "not-a-websocket");
      response.writeHead(426, { upgrade: "websocket", connection: "close", "content-type": "text/plain" });
      response.end("MQTT is spoken here over WebSocket (RFC 6455), subprotocol mqtt.\n", () =>
        request.socket.destroySoon(),
      );
    });
    this.#http.on("clientError", (_error, stream) => {
      options.onRefused(stream, "not-http");
      this.#refuse(stream, 400);
    });
    this.#http.on("upgrade", (request, stream, head) => this.#upgrade(request, stream, head));
  }

  upgrade(stream: Duplex): void {
    this.#http.emit("connection", stream);
  }

  #upgrade(request: IncomingMessage, stream: Duplex, head: Buffer): void {
    const { paths, origins, onOpen, onRefused } = this.#options;
    const path = (request.url ?? "").split("?", 1)[0]!;
    const { origin } = request.headers;
    const offered = (request.headers["sec-websocket-protocol"] ?? "").split(",").map((name) => name.trim());
    let refused: [number, string] | undefined;
    if (!paths.includes(path)) refused = [404, "websocket-path"];
    else if (origins.length > 0 && origin !== undefined && !origins.includes(origin)) {
      refused = [403, "websocket-origin"];
    } else if (!subprotocols.some((name) => offered.includes(name))) refused = [400, "websocket-subprotocol"];
    if (refused !== undefined) {
      onRefused(stream, refused[1]);
      this.#refuse(stream, refused[0]);
      return;
    }
    this.#webSockets.handleUpgrade(request, stream, head, (webSocket) => onOpen(stream, webSocket));
  }

  #refuse(stream: Duplex, status: number): void {
    if (!stream.writable) return;
    stream.on("error", () => {});
    stream.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`, () =>
      stream.destroy(),
    );
  }
}
