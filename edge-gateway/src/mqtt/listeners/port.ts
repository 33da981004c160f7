import { ResourceError } from "@headwater/core";
import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import type { ListenerPlan } from "./listener-plan.ts";

/** Connections that the kernel keeps until they are accepted. */
const backlog = 4096;

/**
 * Sockets that listen on one port. Node accepts one connection of each in a turn of its event loop: with a single one,
 * a loop that is busy with messages for 5 ms a turn would let in 200 devices a second while thousands want to come
 * back.
 */
const acceptors = 8;

/** One port that accepts connections. */
export class Port {
  readonly plan: ListenerPlan;
  readonly #onSocket: (socket: Socket) => void;
  #servers: Server[] = [];

  constructor(plan: ListenerPlan, onSocket: (socket: Socket) => void) {
    this.plan = plan;
    this.#onSocket = onSocket;
  }

  /** Throws ResourceError if the address cannot be listened on. */
  async listen(): Promise<void> {
    const { port } = this.plan;
    // Sockets that share a port would share it with another gateway's as well: whether it is free shows by asking for
    // it alone.
    const alone = await this.#open(port, false);
    const { port: number } = alone.address() as AddressInfo;
    await new Promise((resolve) => {
      alone.close(resolve);
    });
    try {
      for (let i = 0; i < acceptors; i += 1) this.#servers.push(await this.#open(number, true));
    } catch {
      // Not every system shares ports.
      this.stop();
      this.#servers = [await this.#open(number, false)];
    }
  }

  /** 0 before `listen`. */
  get number(): number {
    return (this.#servers[0]?.address() as AddressInfo | null | undefined)?.port ?? 0;
  }

  stop(): void {
    for (const server of this.#servers) server.close();
  }

  async #open(port: number, reusePort: boolean): Promise<Server> {
    const server = createServer({ noDelay: true, keepAlive: true }, this.#onSocket);
    await new Promise<void>((resolve, reject) => {
      server.once("error", (error: NodeJS.ErrnoException) => reject(cannotListen(error, this.plan)));
      server.listen({ port, host: this.plan.host, backlog, reusePort }, resolve);
    });
    // Out of descriptors, say: those that come are refused until there are some again, and those that are there go on.
    server.on("error", () => {});
    return server;
  }
}

function cannotListen(error: NodeJS.ErrnoException, plan: ListenerPlan): Error {
  const { transport, host, port, portSetting, hostSetting } = plan;
  const what = transport === "https" ? "HTTPS" : "MQTT";
  const where = `${what} port ${port}${["tcp", "https"].includes(transport) ? "" : ` (${transport})`} on ${host}`;
  switch (error.code) {
    case "EADDRINUSE":
      return new ResourceError(`${where} is in use; stop what listens there or set ${portSetting} to a free port`);
    case "EACCES":
      return new ResourceError(`${where} may not be used by this user; set ${portSetting} to a port above 1023`);
    case "EADDRNOTAVAIL":
    case "ENOTFOUND":
      return new ResourceError(
        `${where} cannot be listened on: this machine has no such address; set ${hostSetting} to one that it has`,
      );
    default:
      return new ResourceError(`${where} cannot be listened on (${error.code ?? error.message})`, { cause: error });
  }
}
