import { InvariantError } from "@headwater/core";
import protobuf from "protobufjs/minimal.js";

/**
 * One place decides how 64-bit integers look: plain numbers, never Long, and never silently rounded; what is written is
 * what can be read. Must be evaluated before the generated code, which takes its defaults from it.
 */
protobuf.util.Long = undefined as never;
protobuf.configure();
for (const method of ["uint64", "int64", "sint64", "fixed64", "sfixed64"] as const) {
  const read = protobuf.Reader.prototype[method] as unknown as () => number;
  protobuf.Reader.prototype[method] = function (this: protobuf.Reader): never {
    const value = read.call(this);
    if (!Number.isSafeInteger(value)) throw new RangeError("64-bit integer beyond 2^53");
    return value as never;
  };
}
const most = Number.MAX_SAFE_INTEGER;
const least = { uint64: 0, int64: -most, sint64: -most, fixed64: 0, sfixed64: -most } as const;
for (const method of ["uint64", "int64", "sint64", "fixed64", "sfixed64"] as const) {
  const write = protobuf.Writer.prototype[method];
  const from = least[method];
  protobuf.Writer.prototype[method] = function (this: protobuf.Writer, value: number): protobuf.Writer {
    if (value >= from && value <= most) return write.call(this, value);
    throw new InvariantError(`${value} as a 64-bit field: ${method} takes ${from} to ${most}`);
  };
}
// A field that this version does not know survives a pass through it.
protobuf.Reader.discardUnknown = false;
