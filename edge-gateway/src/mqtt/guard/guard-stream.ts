import type { Duplex } from "node:stream";
import { FrameGuard, type Violation } from "./frame-guard.ts";

export interface GuardOptions {
  /** A larger packet ends its connection at its header. */
  readonly maxPacketBytes: number;
  /** Told once of a connection that is cut, before it is. */
  readonly onViolation: (stream: Duplex, violation: Violation) => void;
}

/**
 * Puts the guard onto a stream that is about to be handed to the broker: a TCP or TLS socket, or a WebSocket as a stream. The broker takes bytes by `read`; there
 * they are looked at, without a stream of their own in between. Call it after `bindPeer` and before `broker.handle`.
 */
export function guardStream(stream: Duplex, options: GuardOptions): void {
  const guard = new FrameGuard(options.maxPacketBytes);
  const read = stream.read.bind(stream);
  stream.read = (size?: number): Buffer | null => {
    const chunk = read(size) as Buffer | null;
    if (chunk === null) return null;
    const violation = guard.inspect(chunk);
    if (violation === undefined) return chunk;
    options.onViolation(stream, violation);
    stream.destroy();
    return null;
  };
}
