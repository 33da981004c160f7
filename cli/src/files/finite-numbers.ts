/**
 * The JSON Pointer of the first number that is none in JSON, where it would become null on its way to the service;
 * undefined: there is none. YAML has `.inf` and `.nan`, and reads 1e400 as infinite.
 */
export function notFinite(value: unknown, pointer = ""): string | undefined {
  if (typeof value === "number") return Number.isFinite(value) ? undefined : pointer;
  if (typeof value !== "object" || value === null) return undefined;
  for (const [name, member] of Object.entries(value)) {
    const found = notFinite(member, `${pointer}/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`);
    if (found !== undefined) return found;
  }
  return undefined;
}

export const isNotFinite = "is no finite number, and JSON has no other; write one";
