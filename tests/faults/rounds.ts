/** How often a fault is repeated: 3 times in CI, more with `npm run faults:services`. */
export const rounds = Number(process.env["FAULT_ROUNDS"] ?? 3);

/** Whether faults befall as many rules and devices as are promised to bear them; fewer in CI. */
export const isFull = process.env["FAULT_SCALE"] === "full";

/** What a run showed, for the record. */
export function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
