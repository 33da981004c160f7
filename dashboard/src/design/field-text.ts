/** What a person wrote into a field of a form, without the space around it. */
export function fieldText(fields: FormData, name: string): string {
  const entry = fields.get(name);
  return typeof entry === "string" ? entry.trim() : "";
}
