const large = new Intl.NumberFormat(undefined, { notation: "compact", maximumFractionDigits: 1 });
const whole = new Intl.NumberFormat(undefined, { maximumFractionDigits: 0 });
const small = new Intl.NumberFormat(undefined, { maximumFractionDigits: 1 });

/** A count that fits in a small place. */
export function countText(count: number | undefined): string {
  if (count === undefined) return "–";
  return count < 100_000 ? whole.format(count) : large.format(count);
}

/** So many a second, or a minute where that is less than one. */
export function rateText(perSecond: number | undefined): string {
  if (perSecond === undefined) return "– /s";
  if (perSecond > 0 && perSecond < 1) return `${small.format(perSecond * 60)} /min`;
  return `${perSecond < 100 ? small.format(perSecond) : countText(perSecond)} /s`;
}

export function bytesText(bytes: number): string {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  const power = bytes < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(bytes) / 10));
  return `${small.format(bytes / 1024 ** power)} ${units[power]}`;
}
