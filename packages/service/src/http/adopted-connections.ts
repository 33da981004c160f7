import { RequestError } from "@headwater/core";
import type { Socket } from "node:net";
import type { HttpApp } from "./type-provider.ts";

/**
 * Connections that others have accepted, decrypted and counted, as a TLS listener for devices. Each is answered on the
 * paths that it was given over for and on no other: a port that is open to devices opens nothing else.
 */
export class AdoptedConnections {
  readonly #app: HttpApp;
  readonly #paths = new WeakMap<Socket, ReadonlySet<string>>();

  /** Before all other hooks. */
  constructor(app: HttpApp) {
    this.#app = app;
    app.addHook("onRequest", async ({ raw, url }) => {
      const paths = this.#paths.get(raw.socket);
      const path = url.split("?", 1)[0]!;
      if (paths === undefined || paths.has(path)) return;
      throw new RequestError(404, "not-found", `There is nothing at ${path.slice(0, 200)} on this port`);
    });
  }

  add(connection: Socket, paths: ReadonlySet<string>): void {
    this.#paths.set(connection, paths);
    this.#app.server.emit("connection", connection);
  }

  has(connection: Socket): boolean {
    return this.#paths.has(connection);
  }
}
