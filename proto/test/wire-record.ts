import fc from "fast-check";

/**
 * Bytes of a TelemetryRecord as any encoder could write them, not only ours: fields in any order, singular fields more
 * than once, fields that no version knows, defaults spelled out, varints longer than they need to be or beyond what a
 * number holds, text that is not UTF-8, and known fields with a foreign wire type.
 */
const bytes = (...parts: (number | Uint8Array)[]): Uint8Array =>
  Buffer.concat(parts.map((part) => (typeof part === "number" ? Uint8Array.of(part) : part)));

function varint(value: bigint, padding: number): Uint8Array {
  const out: number[] = [];
  for (let rest = value; ;) {
    const low = Number(rest & 0x7fn);
    rest >>= 7n;
    if (rest === 0n) {
      out.push(low);
      break;
    }
    out.push(low | 0x80);
  }
  for (let added = 0; added < padding; added += 1) {
    out[out.length - 1]! |= 0x80;
    out.push(0);
  }
  return Uint8Array.from(out);
}

const delimited = (content: Uint8Array): Uint8Array => bytes(varint(BigInt(content.length), 0), content);

const integer = fc
  .tuple(
    fc.oneof(
      { weight: 6, arbitrary: fc.constantFrom(0n, 1n, 2n, 127n, 128n, 2n ** 32n, 2n ** 49n, 2n ** 53n - 1n) },
      { weight: 1, arbitrary: fc.constantFrom(2n ** 53n, 2n ** 63n, 2n ** 64n - 1n) },
    ),
    fc.constantFrom(0, 0, 0, 0, 1, 2, 6, 9),
  )
  .map(([value, padding]) => varint(value, padding));
const text = fc
  .oneof(
    { weight: 8, arbitrary: fc.constantFrom("", "g1", "boiler-1", "größe", "__proto__").map((it) => Buffer.from(it)) },
    { weight: 1, arbitrary: fc.constant(Uint8Array.of(0xc3, 0x28)) },
    { weight: 1, arbitrary: fc.constant(Uint8Array.of(0xef, 0xbb, 0xbf, 0x61)) },
  )
  .map(delimited);
const double = fc.double().map((value) => {
  const eight = new Uint8Array(8);
  new DataView(eight.buffer).setFloat64(0, value, true);
  return eight;
});

type Field = fc.Arbitrary<Uint8Array>;
const field = (number: number, wireType: number, content: Field): Field =>
  content.map((it) => bytes(varint(BigInt((number << 3) | wireType), 0), it));

const unknown = fc.oneof(
  field(15, 0, integer),
  field(16, 2, text),
  field(999, 1, double),
  field(13, 5, fc.uint8Array({ minLength: 4, maxLength: 4 })),
);

/** `usual` fields, some of them left out or twice, in any order, seldom with `odd` ones between. */
function message(usual: readonly Field[], odd: readonly Field[]): Field {
  const plain = fc.tuple(...usual).map((fields) => bytes(...fields));
  const shuffled = fc.shuffledSubarray([...usual.keys(), ...usual.keys()], { minLength: 1 });
  const disordered = fc
    .tuple(fc.tuple(...usual), shuffled)
    .map(([fields, order]) => bytes(...order.map((at) => fields[at]!)));
  const disturbed = fc
    .tuple(plain, fc.oneof(...odd), fc.boolean())
    .map(([it, other, first]) => (first ? bytes(other, it) : bytes(it, other)));
  return fc.oneof({ weight: 4, arbitrary: plain }, disordered, disturbed);
}

const numberReading = message(
  [field(1, 2, text), field(2, 1, double)],
  [field(3, 0, integer), field(4, 2, text), field(6, 0, integer), field(2, 0, integer), unknown],
);
const booleanReading = message(
  [field(1, 2, text), field(3, 0, integer), field(5, 2, text)],
  [field(2, 1, double), field(5, 0, integer), unknown],
);
const readings = fc
  .array(fc.oneof(numberReading, booleanReading).map(delimited), { minLength: 1, maxLength: 4 })
  .map((all) => bytes(...all.flatMap((it) => [(7 << 3) | 2, it])));

export const wireRecord: Field = message(
  [
    field(1, 2, text),
    field(2, 0, integer),
    field(3, 0, integer),
    field(4, 0, integer),
    field(5, 2, text),
    field(6, 0, integer),
    readings,
  ],
  [
    unknown,
    field(8, 2, fc.constant(delimited(bytes(10, delimited(Buffer.from("site")), 18, delimited(Buffer.from("north")))))),
    field(9, 2, fc.constant(delimited(new Uint8Array()))),
    field(10, 2, fc.constant(delimited(Uint8Array.of(8, 3)))),
    field(11, 2, fc.constant(delimited(Uint8Array.of(8, 3)))),
    field(12, 2, fc.constant(delimited(new Uint8Array()))),
    field(3, 2, text),
    field(7, 0, integer),
    field(0, 0, integer),
  ],
);
