import type { Socket } from "node:net";
import { parseProxyHeader, type ProxyHeader } from "./proxy-header.ts";

/**
 * Reads the PROXY header with which a connection begins, and leaves what follows in the socket. Calls back once, unless
 * the connection ends first. How long it may take is for the caller to watch.
 */
export function readProxyHeader(
  socket: Socket,
  done: (error: Error | undefined, header: ProxyHeader | undefined) => void,
): void {
  let partial: Buffer | undefined;
  const onReadable = (): void => {
    const chunk = socket.read() as Buffer | null;
    if (chunk === null) return;
    partial = partial === undefined ? chunk : Buffer.concat([partial, chunk]);
    let header: ProxyHeader | undefined;
    try {
      header = parseProxyHeader(partial);
    } catch (error) {
      socket.off("readable", onReadable);
      done(error as Error, undefined);
      return;
    }
    if (header === undefined) return;
    socket.off("readable", onReadable);
    if (partial.length > header.length) socket.unshift(partial.subarray(header.length));
    done(undefined, header);
  };
  socket.on("readable", onReadable);
}
