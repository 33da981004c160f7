import { DecodeError } from "@headwater/core";
import { InexactNumber } from "../json-text.ts";
import { Unreadable } from "../unreadable.ts";

export type SenmlNumber = number | InexactNumber;

/** A record as it was sent, by the labels of SenML's JSON (RFC 8428, section 4). */
export interface SenmlRecord {
  readonly bn?: string;
  readonly bt?: SenmlNumber;
  readonly bu?: string;
  readonly bv?: SenmlNumber;
  readonly bs?: SenmlNumber;
  readonly bver?: number;
  readonly n?: string;
  readonly u?: string;
  readonly v?: SenmlNumber;
  readonly vs?: string;
  readonly vb?: boolean;
  /** Base64url. */
  readonly vd?: string;
  readonly s?: SenmlNumber;
  readonly t?: SenmlNumber;
  readonly ut?: number;
  /** A value is named and is null: there is none. SenML has no null, but devices write it. */
  readonly none?: boolean;
}

type Kind = "text" | "number" | "exact" | "boolean" | "data";

interface Label {
  readonly name: keyof SenmlRecord;
  readonly cbor: number;
  readonly kind: Kind;
}

const labels: readonly Label[] = [
  { name: "bn", cbor: -2, kind: "text" },
  { name: "bt", cbor: -3, kind: "exact" },
  { name: "bu", cbor: -4, kind: "text" },
  { name: "bv", cbor: -5, kind: "exact" },
  { name: "bs", cbor: -6, kind: "exact" },
  { name: "bver", cbor: -1, kind: "number" },
  { name: "n", cbor: 0, kind: "text" },
  { name: "u", cbor: 1, kind: "text" },
  { name: "v", cbor: 2, kind: "exact" },
  { name: "vs", cbor: 3, kind: "text" },
  { name: "vb", cbor: 4, kind: "boolean" },
  { name: "s", cbor: 5, kind: "exact" },
  { name: "t", cbor: 6, kind: "exact" },
  { name: "ut", cbor: 7, kind: "number" },
  { name: "vd", cbor: 8, kind: "data" },
];

const byName = new Map(labels.map((label) => [label.name as string | number, label]));
const byNumber = new Map(labels.map((label) => [label.cbor as string | number, label]));

const times: ReadonlySet<string> = new Set(["t", "bt"]);
const values: ReadonlySet<string> = new Set(["v", "vs", "vb", "vd"]);

const base64url = /^[A-Za-z0-9_-]*$/;

/**
 * Reads the entries of one record. A label that is not known is skipped, unless it ends in `_`: that one has to be
 * understood (section 4.4). In CBOR labels are numbers, and unknown ones text.
 */
export function senmlRecord(
  entries: Iterable<readonly [string | number, unknown]>,
  form: "json" | "cbor",
  unread: (label: string) => void,
): SenmlRecord {
  const record: Partial<Record<keyof SenmlRecord, unknown>> = {};
  const set = (label: Label, value: unknown): void => {
    if (times.has(label.name) && isNone(value)) return;
    if (value === null && values.has(label.name)) record.none = true;
    else record[label.name] = checked(label, value, form);
  };
  for (const [key, value] of entries) {
    const label = (form === "json" ? byName : byNumber).get(key);
    if (label !== undefined) set(label, value);
    else if (String(key).endsWith("_"))
      throw new DecodeError(`The SenML has the label ${String(key).slice(0, 64)}, which has to be understood`);
    else if (form === "cbor" && byName.has(key))
      throw new DecodeError(`SenML in CBOR has numbers for labels, not ${key}`);
    else unread(String(key));
  }
  return record as SenmlRecord;
}

/** What stands for no time in every format. */
function isNone(value: unknown): boolean {
  return value === null || value === "" || (value instanceof InexactNumber && value.isNoNumber);
}

function checked({ name, kind }: Label, value: unknown, form: "json" | "cbor"): unknown {
  if (value instanceof Unreadable) throw value.error;
  switch (kind) {
    case "text":
      if (typeof value === "string") return value;
      break;
    case "boolean":
      if (typeof value === "boolean") return value;
      break;
    case "exact":
      if (typeof value === "number" || value instanceof InexactNumber) return value;
      break;
    case "number":
      if (typeof value === "number") return value;
      break;
    default:
      if (form === "cbor" && value instanceof Uint8Array) return Buffer.from(value).toString("base64url");
      if (form === "json" && typeof value === "string" && base64url.test(value)) return value;
  }
  throw new DecodeError(`The SenML has a value of the wrong kind for ${name}`);
}
