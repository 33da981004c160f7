/**
 * The sums of a process's metrics over their labels, by name, and by name and kind (`name kind`) where they have one;
 * text in the format of Prometheus.
 */
export function sumsOf(text: string): ReadonlyMap<string, number> {
  const sums = new Map<string, number>();
  for (const line of text.split("\n")) {
    const [, name, labels = "", value] = /^(\w+)(\{.*\})? (\S+)/.exec(line) ?? [];
    if (name === undefined || !Number.isFinite(Number(value))) continue;
    const kind = /[{,]kind="(\w+)"/.exec(labels)?.[1];
    for (const key of kind === undefined ? [name] : [name, `${name} ${kind}`]) {
      sums.set(key, (sums.get(key) ?? 0) + Number(value));
    }
  }
  return sums;
}
