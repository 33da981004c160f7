/** How often a fault is repeated: 3 times in CI, more with `npm run faults`. */
export const rounds = Number(process.env["FAULT_ROUNDS"] ?? 3);

/** What a run showed, for the record. */
export function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
