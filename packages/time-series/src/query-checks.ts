import { RequestError } from "@headwater/core";
import { isTextField } from "./field-names.ts";
import { END_OF_TIME, MIN_TIME } from "./point-checks.ts";
import { aggregateNames, isAggregate, textAggregates } from "./aggregate.ts";
import { orders, type SeriesQuery } from "./time-series-store.ts";
import { windowFault } from "./windows/index.ts";

/** A range clipped to the times that can be stored at all. */
export interface TimeRange {
  readonly from: number;
  readonly to: number;
}

/** Throws RequestError if a query cannot be meant so; the same for every adapter. */
export function checkQuery(query: SeriesQuery): TimeRange {
  const { window, aggregate, limit, order } = query;
  if (aggregate !== undefined && !isAggregate(aggregate)) {
    throw bad("unknown-aggregate", `aggregate ${aggregate as string} is unknown; there are ${aggregateNames}`);
  }
  if (window !== undefined) {
    const fault = windowFault(window);
    if (fault !== undefined) throw bad("invalid-window", fault);
    if (aggregate === undefined) {
      throw bad("window-without-aggregate", `a window needs an aggregate: ${aggregateNames}`);
    }
  }
  if (aggregate !== undefined && isTextField(query.field) && !textAggregates.includes(aggregate)) {
    throw bad("aggregate-of-text", `text has no ${aggregate}; of text there are ${textAggregates.join(", ")}`);
  }
  if (limit !== undefined && (!Number.isSafeInteger(limit) || limit < 0)) {
    throw bad("invalid-limit", "a limit is a whole number, at least 0");
  }
  if (order !== undefined && !orders.includes(order)) {
    throw bad("invalid-order", `order ${order as string} is unknown; there are ${orders.join(", ")}`);
  }
  return checkRange(query.from, query.to);
}

export function checkRange(from: number, to: number): TimeRange {
  for (const time of [from, to]) {
    if (!Number.isInteger(time)) {
      throw bad("invalid-time", `${time} is not a whole number of microseconds since the epoch`);
    }
  }
  return { from: Math.max(from, MIN_TIME), to: Math.min(to, END_OF_TIME) };
}

function bad(code: string, message: string): RequestError {
  return new RequestError(400, code, message);
}
