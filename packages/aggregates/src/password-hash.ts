/**
 * How a chosen password is kept: scrypt (RFC 7914) with its costs, salt and hash in one text, so that each says by
 * itself how it is compared and costs can rise later. The PHC string format: `$scrypt$ln=15,r=8,p=3$<salt>$<hash>`,
 * base64 without padding.
 */
export interface PasswordHash {
  /** N = 2^ln */
  readonly ln: number;
  readonly r: number;
  readonly p: number;
  readonly salt: Uint8Array;
  readonly hash: Uint8Array;
}

/** The costs of new hashes: the least that OWASP recommends for scrypt (32 MiB of memory, three times). */
export const passwordCosts = { ln: 15, r: 8, p: 3 } as const;

/** Characters (code points) of a chosen password. */
export const passwordLimits = { min: 12, max: 128 } as const;

/** Bounds that keep a hostile event in the log from costing a gateway minutes and gigabytes a login. */
const maxCosts = { ln: 17, r: 16, p: 16 } as const;
const pattern = /^\$scrypt\$ln=(\d{1,2}),r=(\d{1,2}),p=(\d{1,2})\$([A-Za-z0-9+/]{11,86})\$([A-Za-z0-9+/]{22,86})$/;

export function formatPasswordHash({ ln, r, p, salt, hash }: PasswordHash): string {
  return `$scrypt$ln=${ln},r=${r},p=${p}$${unpadded(salt)}$${unpadded(hash)}`;
}

/** undefined: no such text, or costs that are out of bounds. */
export function parsePasswordHash(text: string): PasswordHash | undefined {
  const match = pattern.exec(text);
  if (match === null) return undefined;
  const [ln, r, p] = [Number(match[1]), Number(match[2]), Number(match[3])];
  if (ln < 1 || ln > maxCosts.ln || r < 1 || r > maxCosts.r || p < 1 || p > maxCosts.p) return undefined;
  return { ln, r, p, salt: Buffer.from(match[4]!, "base64"), hash: Buffer.from(match[5]!, "base64") };
}

/** Bytes that scrypt needs with these costs; crypto.scrypt refuses more than its `maxmem`. */
export function scryptMemory({ ln, r, p }: Pick<PasswordHash, "ln" | "r" | "p">): number {
  return 128 * r * (2 ** ln + p + 2);
}

function unpadded(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("base64").replaceAll("=", "");
}
