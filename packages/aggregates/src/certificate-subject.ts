import { isUtf8 } from "node:buffer";
import { invalid } from "./device-limits.ts";

const maxSubjectLength = 512;
const fingerprintPrefix = "sha256:";

/**
 * The one way in which a certificate is named in an event: the fingerprint as `sha256:` and 64 lower-case digits, or
 * the distinguished name as RFC 4514 writes it, without white space between its parts and with upper-case attribute
 * types. `openssl x509 -fingerprint -sha256` and `openssl x509 -subject -nameopt RFC2253` print accepted forms.
 * Throws RequestError (400) that says what is wrong.
 */
export function canonicalSubject(text: string): string {
  const trimmed = text.trim();
  if (trimmed.length > maxSubjectLength) throw invalid(`A subject has at most ${maxSubjectLength} characters`);
  const fingerprint = /^(?:sha-?256(?: fingerprint)?\s*[:=]\s*)?((?:[0-9a-f]{2}:?){31}[0-9a-f]{2})$/i.exec(trimmed);
  if (fingerprint !== null) return fingerprintSubject(fingerprint[1]!.replaceAll(":", ""));
  return parts(text.trimStart().replace(/^subject\s*=\s*(?=[A-Za-z0-9.]+\s*=)/i, ""))
    .map(canonicalPart)
    .join(",");
}

/** The same of a certificate; undefined if its name cannot be read. */
export function subjectOfCertificate(distinguishedName: string): string | undefined {
  try {
    return canonicalSubject(distinguishedName);
  } catch {
    // A name that no device can have been given.
    return undefined;
  }
}

export function fingerprintSubject(hexadecimal: string): string {
  return fingerprintPrefix + hexadecimal.toLowerCase();
}

const part = /^\s*([A-Za-z][A-Za-z0-9-]*|\d+(?:\.\d+)*)\s*=\s*/;
/** A sign that is escaped, by itself or by its two digits; or one that is not. */
const signs = /\\[0-9a-f]{2}|\\.|[^\\]/gisu;

/** Parts between commas that are not escaped; several values of one part stay together by their `+`. */
function parts(name: string): string[] {
  const found = name.match(/(?:\\.|[^\\,])+/gs) ?? [];
  if (found.join(",") !== name || found.length === 0) {
    throw invalid(
      `${JSON.stringify(name.slice(0, 100))} is no distinguished name like CN=boiler-1,O=Acme, nor a SHA-256 fingerprint`,
    );
  }
  return found;
}

function canonicalPart(text: string): string {
  return (text.match(/(?:\\.|[^\\+])+/gs) ?? [])
    .map((single) => {
      const match = part.exec(single);
      const value = match === null ? "" : single.slice(match[0].length);
      if (match === null || value.trim() === "") {
        throw invalid(
          `${JSON.stringify(single.slice(0, 100))} is no part of a distinguished name; write it like CN=boiler-1`,
        );
      }
      return `${match[1]!.toUpperCase()}=${value.startsWith("#") ? value.trim().toLowerCase() : escaped(plain(value))}`;
    })
    .toSorted()
    .join("+");
}

/** The value without escapes, and without the white space behind it that is not escaped. */
function plain(value: string): string {
  const found = value.match(signs) ?? [];
  while (found.length > 0 && found.at(-1)!.trim() === "") found.pop();
  const bytes = found.map((sign) => {
    if (!sign.startsWith("\\")) return Buffer.from(sign);
    return sign.length === 3 ? Buffer.from(sign.slice(1), "hex") : Buffer.from(sign.slice(1));
  });
  const text = Buffer.concat(bytes);
  if (!isUtf8(text)) throw invalid("The values of a distinguished name have to be UTF-8");
  return text.toString();
}

/** RFC 4514, section 2.4; control characters by their digits. */
function escaped(value: string): string {
  return value
    .replaceAll(/["+,;<>\\=]/g, String.raw`\$&`)
    .replaceAll(/\p{Cc}/gu, (sign) => hexadecimal(sign))
    .replace(/^[ #]/, String.raw`\$&`)
    .replace(/(?<=.) $/s, (space, at: number, all: string) =>
      all[at - 1] === "\\" && at === 1 ? space : `\\${space}`,
    );
}

function hexadecimal(sign: string): string {
  return Buffer.from(sign)
    .toString("hex")
    .replaceAll(/../g, String.raw`\$&`);
}
