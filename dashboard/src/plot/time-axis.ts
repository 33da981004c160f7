/** Times of an axis in the viewer's zone and manner; the day where it is another than that of the time before. */
export function timeTexts(splits: readonly number[]): string[] {
  const step = (splits[1] ?? 0) - (splits[0] ?? 0);
  const clock: Intl.DateTimeFormatOptions = {
    hour: "2-digit",
    minute: "2-digit",
    ...(step < 60 && { second: "2-digit" }),
  };
  let day = new Date((splits[0] ?? 0) * 1_000).toDateString();
  return splits.map((seconds) => {
    const at = new Date(seconds * 1_000);
    const isSameDay = at.toDateString() === day;
    day = at.toDateString();
    if (step >= 86_400) return at.toLocaleDateString([], { month: "short", day: "numeric" });
    const text = at.toLocaleTimeString([], clock);
    return isSameDay ? text : `${text}\n${at.toLocaleDateString([], { month: "short", day: "numeric" })}`;
  });
}
