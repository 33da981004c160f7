import type { SummaryAggregate } from "../aggregate.ts";
import { isTextField } from "../field-names.ts";
import type { ClassSpan, RetentionClass } from "../retention.ts";
import type { SeriesQuery, SeriesRow } from "../time-series-store.ts";
import { combiner, type Component, rollupField, rollupMeasurement } from "./rollup-flux.ts";
import type { SeriesReader } from "./series-reader.ts";

type Batches = AsyncIterable<readonly SeriesRow[]>;
type Readers = Readonly<Record<RetentionClass, SeriesReader>>;

/**
 * A series of windows out of points and roll-ups: each class answers its part of the range, and a window that two parts
 * share is joined from both.
 */
export async function* rolledSeries(
  readers: Readers,
  query: SeriesQuery & { readonly aggregate: SummaryAggregate },
  spans: readonly ClassSpan[],
): Batches & AsyncGenerator<readonly SeriesRow[]> {
  const rows =
    query.aggregate === "mean" ? means(readers, query, spans) : componentRows(readers, query, query.aggregate, spans);
  let left = query.limit ?? Infinity;
  let batch: SeriesRow[] = [];
  for await (const row of rows) {
    batch.push(row);
    if (batch.length < Math.min(left, 2_000)) continue;
    yield batch;
    left -= batch.length;
    batch = [];
    if (left <= 0) return;
  }
  if (batch.length > 0) yield batch;
}

async function* means(readers: Readers, query: SeriesQuery, spans: readonly ClassSpan[]): AsyncGenerator<SeriesRow> {
  const isBack = query.order === "desc";
  const counts = componentRows(readers, query, "count", spans);
  let count = (await counts.next()).value as SeriesRow | undefined;
  try {
    for await (const [time, sum] of componentRows(readers, query, "sum", spans)) {
      // A point that came between two questions may make a window that the other does not have.
      while (count !== undefined && (isBack ? count[0] > time : count[0] < time)) {
        count = (await counts.next()).value as SeriesRow | undefined;
      }
      if (count?.[0] === time) yield [time, Number(sum) / Number(count[1])];
    }
  } finally {
    await counts.return(undefined);
  }
}

async function* componentRows(
  readers: Readers,
  query: SeriesQuery,
  component: Component,
  spans: readonly ClassSpan[],
): AsyncGenerator<SeriesRow> {
  let open: SeriesRow | undefined;
  for (const span of query.order === "desc" ? spans.toReversed() : spans) {
    const reader = readers[span.class];
    const range = { start: span.from, end: span.to };
    for await (const rows of reader.read(componentQuery(query, component, span.class), range)) {
      for (const row of rows) {
        if (open !== undefined && open[0] !== row[0]) yield open;
        open = open?.[0] === row[0] ? [row[0], joined(component, open[1], row[1], query.order === "desc")] : row;
      }
    }
  }
  if (open !== undefined) yield open;
}

function componentQuery(query: SeriesQuery, component: Component, of: RetentionClass): SeriesQuery {
  const { limit: _, ...rest } = query;
  if (of === "raw") return { ...rest, aggregate: component };
  return {
    ...rest,
    measurement: rollupMeasurement(query.measurement, component),
    field: rollupField(query.field, component, isTextField(query.field)),
    aggregate: combiner[component],
  };
}

function joined(component: Component, one: SeriesRow[1], next: SeriesRow[1], isBack: boolean): SeriesRow[1] {
  switch (component) {
    case "count":
    case "sum":
      return Number(one) + Number(next);
    case "min":
      return Math.min(Number(one), Number(next));
    case "max":
      return Math.max(Number(one), Number(next));
    case "first":
      return isBack ? next : one;
    case "last":
      return isBack ? one : next;
  }
}
