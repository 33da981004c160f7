import type { Socket } from "node:net";
import { createServer, type Server, type TLSSocket } from "node:tls";
import type { TlsMaterial } from "./tls-material.ts";

export interface TlsTerminatorOptions {
  readonly material: TlsMaterial;
  readonly askForCertificate: boolean;
  readonly timeoutMs: number;
  readonly onSecure: (raw: Socket, secure: TLSSocket) => void;
  /** The handshake did not come about; the connection has ended. */
  readonly onFailed: (raw: Socket, error: NodeJS.ErrnoException) => void;
}

/**
 * Speaks TLS on connections that others have accepted (and read a PROXY header from). A server that does not listen,
 * for it takes its certificate anew while it runs.
 */
export class TlsTerminator {
  readonly #server: Server;

  constructor(options: TlsTerminatorOptions) {
    this.#server = createServer({
      ...options.material.context,
      requestCert: options.askForCertificate,
      // Whoever is not trusted is told from whoever showed nothing, and counted apart: after the handshake.
      rejectUnauthorized: false,
      // The listeners watch over the time and count who was late.
      handshakeTimeout: 2 * options.timeoutMs,
    });
    this.#server.on("secureConnection", (secure) => options.onSecure(rawSocketOf(secure), secure));
    this.#server.on("tlsClientError", (error, secure) => options.onFailed(rawSocketOf(secure), error));
  }

  /**
   * New connections get this. Tickets of former sessions are worth nothing any more, so nobody resumes one past a new
   * revocation list.
   */
  use(material: TlsMaterial): void {
    this.#server.setSecureContext(material.context);
  }

  secure(raw: Socket): void {
    this.#server.emit("connection", raw);
  }
}

/** Node keeps it there and tells it nowhere else; every test of TLS notices if that changes. */
function rawSocketOf(secure: TLSSocket): Socket {
  return (secure as unknown as { readonly _parent: Socket })._parent;
}
