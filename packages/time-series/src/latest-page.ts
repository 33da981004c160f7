import { setImmediate } from "node:timers/promises";
import { metricOfField } from "./field-names.ts";

/** A page of metrics in the order of their names (by UTF-16 units); a metric's number and text are never parted. */
export interface MetricPage {
  /** The last metric of the page before. */
  readonly after?: string | undefined;
  /** How many metrics at most. */
  readonly limit: number;
}

export interface PageOfFields<T> {
  readonly found: readonly T[];
  /** The last metric of this page, if there are more. */
  readonly next: string | undefined;
}

/** Looked at between two turns of the event loop. */
const fieldsATurn = 5000;

/** The fields of a page out of all, in slices: nobody waits for a device that has a hundred thousand metrics. */
export async function pageOfFields<T>(
  all: Iterable<T>,
  fieldOf: (each: T) => string,
  { after, limit }: MetricPage,
): Promise<PageOfFields<T>> {
  let candidates: { metric: string; each: T }[] = [];
  /** Beyond this metric nothing can be on the page. */
  let bound: string | undefined;
  let hasMore = false;
  let looked = 0;
  const cut = (): void => {
    candidates.sort((a, b) => (a.metric < b.metric ? -1 : a.metric > b.metric ? 1 : 0));
    let metrics = 0;
    const end = candidates.findIndex(
      ({ metric }, index) => metric !== candidates[index - 1]?.metric && ++metrics > limit,
    );
    if (end === -1) return;
    hasMore = true;
    candidates = candidates.slice(0, end);
    bound = candidates.at(-1)!.metric;
  };
  for (const each of all) {
    looked += 1;
    if (looked % fieldsATurn === 0) await setImmediate();
    const { metric } = metricOfField(fieldOf(each));
    if (after !== undefined && metric <= after) continue;
    if (bound !== undefined && metric > bound) continue;
    candidates.push({ metric, each });
    if (candidates.length >= 4 * limit + 1000) cut();
  }
  cut();
  return { found: candidates.map(({ each }) => each), next: hasMore ? candidates.at(-1)?.metric : undefined };
}
