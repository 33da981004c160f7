export interface Kept {
  readonly class: "raw" | "minute" | "hour";
  readonly from: string;
  readonly to: string;
}

const parts: Readonly<Record<Kept["class"], string>> = {
  raw: "points",
  minute: "minutes",
  hour: "hours",
};

/** What a range that reaches beyond the points is answered from, oldest first; `from` is where it begins. */
export function keptText(classes: readonly Kept[], from: number): string {
  const begins = classes.length === 0 ? undefined : Date.parse(classes[0]!.from);
  const spans = classes.map((each) => `${parts[each.class]} from ${dayText(Date.parse(each.from))}`).join(", then ");
  if (begins === undefined) return "Nothing of this time is kept any more.";
  const gone = begins > from ? " Nothing older is kept." : "";
  return `The time shown reaches beyond the points that are kept: ${spans}.${gone}`;
}

function dayText(time: number): string {
  return new Date(time).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short" });
}
