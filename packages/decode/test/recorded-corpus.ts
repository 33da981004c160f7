import { ResourceError } from "@headwater/core";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const file = fileURLToPath(new URL("../../../../shared/data/line-protocol/corpus.json", import.meta.url));

/**
 * The corpus lies beside the checkout, not in it: a clone without it skips what needs it; CI may not, unless it says
 * so.
 */
export const corpusPresent = existsSync(file);
if (!corpusPresent && process.env["CI"] === "true" && process.env["WITHOUT_RECORDED_DATA"] !== "true") {
  throw new ResourceError(`${file} is absent: CI runs these tests on the recorded corpus`);
}

export interface CorpusPoint {
  /** Nanoseconds. */
  readonly time: bigint;
  readonly name: string;
  readonly tags: readonly { readonly key: string; readonly value: string | { readonly binary: string } }[];
  readonly fields: readonly { readonly key: string; readonly value: Readonly<Record<string, unknown>> }[];
}

export interface DecodeCase {
  readonly input: {
    readonly key: string;
    readonly text: string | { readonly binary: string };
    readonly precision: string;
    readonly defaultTime: bigint;
  };
  readonly output: { readonly result?: readonly CorpusPoint[]; readonly error?: string };
}

export interface EncodeCase {
  readonly input: { readonly key: string; readonly point: CorpusPoint; readonly precision: string };
  readonly output: { readonly result?: string; readonly error?: string };
}

interface Corpus {
  readonly decode: Readonly<Record<string, DecodeCase>>;
  readonly encode: Readonly<Record<string, EncodeCase>>;
}

const wholeNumbers = new Set(["time", "defaultTime", "int", "uint"]);

function exact(key: string, value: unknown, context: { readonly source?: string }): unknown {
  return typeof value === "number" && wholeNumbers.has(key) ? BigInt(context.source ?? value) : value;
}

/** The corpus with its 64-bit numbers whole: times and integers as bigint. */
export function readCorpus(): Corpus {
  return JSON.parse(readFileSync(file, "utf8"), exact as (key: string, value: unknown) => unknown) as Corpus;
}

export function bytesOf(text: string | { readonly binary: string }): Buffer {
  return typeof text === "string" ? Buffer.from(text) : Buffer.from(text.binary, "base64");
}
