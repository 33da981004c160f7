import { Duplex } from "node:stream";
import type { WebSocket } from "ws";

type Done = (error?: Error | null) => void;

/** Codes of RFC 6455 §7.4.1. */
const closeCodes = { normal: 1000, unsupportedData: 1003 } as const;

/**
 * The bytes of a WebSocket (MQTT 3.1.1 §6): binary frames only, their boundaries mean nothing. A reader that does not
 * read holds the client back, and so does a client that does not read hold back the writer.
 */
export class WebSocketStream extends Duplex {
  readonly #webSocket: WebSocket;

  constructor(webSocket: WebSocket, onViolation: (why: string) => void) {
    super({ allowHalfOpen: false });
    this.#webSocket = webSocket;
    webSocket.on("message", (data: Buffer, isBinary) => {
      if (this.destroyed) return;
      if (!isBinary) {
        // MQTT-6.0.0-1
        onViolation("websocket-text-frame");
        webSocket.close(closeCodes.unsupportedData);
        this.destroy();
      } else if (!this.push(data)) webSocket.pause();
    });
    webSocket.on("error", () => {
      // A frame that is too large, masks that are missing, bytes that are no frame: the library has told the client.
      onViolation("websocket-protocol");
      this.destroy();
    });
    webSocket.on("close", () => this.destroy());
  }

  override _read(): void {
    if (this.#webSocket.isPaused) this.#webSocket.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: Done): void {
    this.#send(chunk, done);
  }

  /** Chunks that wait together go as one frame. */
  override _writev(chunks: { readonly chunk: Buffer }[], done: Done): void {
    this.#send(Buffer.concat(chunks.map(({ chunk }) => chunk)), done);
  }

  override _destroy(error: Error | null, done: Done): void {
    const webSocket = this.#webSocket;
    if (webSocket.readyState === webSocket.OPEN) webSocket.close(closeCodes.normal);
    // A client that sends on while nobody reads would not hear of it.
    if (webSocket.isPaused) webSocket.resume();
    done(error);
  }

  #send(bytes: Buffer, done: Done): void {
    const webSocket = this.#webSocket;
    if (webSocket.readyState !== webSocket.OPEN) {
      // It is on its way out: the end of the stream follows and says so.
      done();
      return;
    }
    webSocket.send(bytes, { binary: true }, done);
  }
}
