import { FatalError } from "@headwater/service-kit";
import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import type { ListenerPlan } from "./listener-plan.ts";

/** Connections that the kernel keeps until they are accepted. */
const backlog = 4096;

/** One port that accepts connections. */
export class Port {
  readonly plan: ListenerPlan;
  readonly #server: Server;

  constructor(plan: ListenerPlan, onSocket: (plan: ListenerPlan, socket: Socket) => void) {
    this.plan = plan;
    this.#server = createServer({ noDelay: true, keepAlive: true }, (socket) => onSocket(plan, socket));
  }

  /** Throws FatalError if the address cannot be had. */
  async listen(): Promise<void> {
    const { host, port } = this.plan;
    await new Promise<void>((resolve, reject) => {
      this.#server.once("error", (error: NodeJS.ErrnoException) => reject(cannotListen(error, this.plan)));
      this.#server.listen(port, host, backlog, resolve);
    });
    // Out of descriptors, say: those that come are refused until there are some again, and those that are there go on.
    this.#server.on("error", () => {});
  }

  /** 0 before `listen`. */
  get number(): number {
    return (this.#server.address() as AddressInfo | null)?.port ?? 0;
  }

  stop(): void {
    this.#server.close();
  }
}

function cannotListen(error: NodeJS.ErrnoException, plan: ListenerPlan): Error {
  const { transport, host, port, portSetting, hostSetting } = plan;
  const where = `MQTT port ${port}${transport === "tcp" ? "" : ` (${transport})`} on ${host}`;
  switch (error.code) {
    case "EADDRINUSE":
      return new FatalError(`${where} is in use; stop what listens there or set ${portSetting} to a free port`);
    case "EACCES":
      return new FatalError(`${where} may not be used by this user; set ${portSetting} to a port above 1023`);
    case "EADDRNOTAVAIL":
    case "ENOTFOUND":
      return new FatalError(
        `${where} cannot be listened on: this machine has no such address; set ${hostSetting} to one that it has`,
      );
    default:
      return new FatalError(`${where} cannot be listened on (${error.code ?? error.message})`, { cause: error });
  }
}
