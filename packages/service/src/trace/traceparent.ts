import { randomBytes } from "node:crypto";

/** A W3C trace context: who asked for this work. */
export interface TraceContext {
  /** 32 hexadecimal digits, not all zero. */
  readonly traceId: string;
  /** 16 hexadecimal digits, not all zero: the span that is the parent of what follows. */
  readonly parentId: string;
  readonly sampled: boolean;
}

const pattern = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;

/** Reads a `traceparent` header; undefined if it is none (the specification wants a new trace begun then). */
export function parseTraceparent(header: string | Uint8Array | undefined): TraceContext | undefined {
  if (header === undefined) return undefined;
  const text = typeof header === "string" ? header.trim() : Buffer.from(header).toString("latin1");
  const match = pattern.exec(text);
  if (match === null) return undefined;
  const [, version, traceId, parentId, flags, more] = match;
  // Version ff is invalid; only versions after 00 may carry more fields.
  if (version === "ff" || (version === "00" && more !== undefined)) return undefined;
  if (/^0+$/.test(traceId!) || /^0+$/.test(parentId!)) return undefined;
  return { traceId: traceId!, parentId: parentId!, sampled: (Number.parseInt(flags!, 16) & 1) === 1 };
}

export function formatTraceparent(context: TraceContext): string {
  return `00-${context.traceId}-${context.parentId}-${context.sampled ? "01" : "00"}`;
}

/** Begins a trace. */
export function newTrace(sampled: boolean): TraceContext {
  return { traceId: randomHex(16), parentId: randomHex(8), sampled };
}

/** The next span of the same trace. */
export function childTrace(parent: TraceContext): TraceContext {
  return { traceId: parent.traceId, parentId: randomHex(8), sampled: parent.sampled };
}

function randomHex(bytes: number): string {
  for (;;) {
    const hex = randomBytes(bytes).toString("hex");
    if (!/^0+$/.test(hex)) return hex;
  }
}
