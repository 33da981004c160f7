/** A metric as an edge node, or a host, writes it. */
export interface WrittenMetric {
  readonly name?: string | undefined;
  readonly alias?: number | undefined;
  /** Milliseconds since the epoch; undefined: that of the payload. */
  readonly timestamp?: number | undefined;
  /** Whether its datatype is said: what a birth has said already is left out. */
  readonly isTyped: boolean;
  readonly isHistorical?: boolean;
  /** A number is a Double, a bigint a UInt64; null: there is no value yet. */
  readonly value: number | bigint | boolean | string | null;
}

export interface WrittenPayload {
  /** Milliseconds since the epoch. */
  readonly timestamp: number;
  /** undefined: a death and a command have none. */
  readonly seq?: number | undefined;
  readonly metrics: readonly WrittenMetric[];
  /** Bytes up to which it is filled, by a body that nobody reads. */
  readonly least?: number;
}

/** Sparkplug's numbers of the datatypes that are written (specification 3.0, section 6.4.16). */
const datatypes = { bigint: 8, number: 10, boolean: 11, string: 12 } as const;
const nothing = Buffer.alloc(0);

/** Sparkplug B's payload (sparkplug_b.proto of Eclipse Tahu): what `readPayload` reads. */
export function writePayload({ timestamp, seq, metrics, least = 0 }: WrittenPayload): Buffer {
  const bytes = Buffer.concat([
    numberField(1, timestamp),
    ...metrics.map((metric) => bytesField(2, metricBytes(metric))),
    seq === undefined ? nothing : numberField(3, seq),
  ]);
  // Four bytes: the body's own tag and a length of up to three.
  const room = least - bytes.length - 4;
  return room > 0 ? Buffer.concat([bytes, bytesField(5, Buffer.alloc(room))]) : bytes;
}

function metricBytes({ name, alias, timestamp, isTyped, isHistorical, value }: WrittenMetric): Buffer {
  const kind = value === null ? "number" : (typeof value as keyof typeof datatypes);
  return Buffer.concat([
    name === undefined ? nothing : bytesField(1, Buffer.from(name)),
    alias === undefined ? nothing : numberField(2, alias),
    timestamp === undefined ? nothing : numberField(3, timestamp),
    isTyped ? numberField(4, datatypes[kind]) : nothing,
    isHistorical === true ? numberField(5, 1) : nothing,
    valueBytes(value),
  ]);
}

function valueBytes(value: WrittenMetric["value"]): Buffer {
  if (value === null) return numberField(7, 1);
  if (typeof value === "bigint") return numberField(11, value);
  if (typeof value === "boolean") return numberField(14, value ? 1 : 0);
  if (typeof value === "string") return bytesField(15, Buffer.from(value));
  const double = Buffer.alloc(9);
  double[0] = (13 << 3) | 1;
  double.writeDoubleLE(value, 1);
  return double;
}

function numberField(field: number, value: number | bigint): Buffer {
  return Buffer.from([field << 3, ...varint(value)]);
}

function bytesField(field: number, bytes: Buffer): Buffer {
  return Buffer.concat([Buffer.from([(field << 3) | 2, ...varint(bytes.length)]), bytes]);
}

function varint(value: number | bigint): number[] {
  const bytes: number[] = [];
  for (let rest = BigInt(value); ; rest >>= 7n) {
    if (rest < 0x80n) return [...bytes, Number(rest)];
    bytes.push(Number(rest & 0x7fn) | 0x80);
  }
}
