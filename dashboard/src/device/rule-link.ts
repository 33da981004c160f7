/** Where a rule on a metric is written, with a level that its value has not reached. */
export function ruleLink(device: string, metric: string, value: unknown): string {
  const search = new URLSearchParams({ device, metric });
  if (typeof value === "number") search.set("above", String(levelAbove(value)));
  return `/rules/new?${search.toString()}`;
}

/** A level that a value has not reached yet: a tenth above it, in round figures. */
export function levelAbove(value: number): number {
  const room = Math.abs(value) / 10 || 1;
  const step = 10 ** Math.floor(Math.log10(room));
  return Number((Math.ceil((value + room) / step) * step).toPrecision(6));
}
