import protobuf from "protobufjs/minimal.js";

/**
 * One place decides how 64-bit integers look: plain numbers, never Long, and never silently rounded. Must be evaluated
 * before the generated code, which takes its defaults from it.
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
// A field that this version does not know survives a pass through it.
protobuf.Reader.discardUnknown = false;
