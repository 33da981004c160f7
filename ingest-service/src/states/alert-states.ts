import { RequestError } from "@headwater/core";
import { textField, type TimeSeriesStore } from "@headwater/time-series";
import { alertMeasurement } from "../projection/alert-points.ts";
import type { StateInterval } from "./intervals.ts";

interface Transition {
  readonly time: number;
  readonly transition: number;
  /** Absent of what people say: an acknowledgement opens and ends nothing. */
  readonly isOpen: boolean | undefined;
  readonly rule: string | undefined;
  readonly severity: string | undefined;
}

/** Points of one series of transitions that are looked at, the newest before the end of the range. */
const mostTransitions = 50_000;

interface AlertRange {
  readonly from: number;
  readonly to: number;
  readonly limit: number;
}

/**
 * When alerts of a device were open, out of the points of their transitions.
 *
 * @throws RequestError too-many-values if the range has more transitions than `most`.
 */
export async function alertStates(
  store: TimeSeriesStore,
  device: string,
  { from, to, limit }: AlertRange,
  most = mostTransitions,
): Promise<readonly StateInterval[]> {
  const alerts = new Map<string, Transition[]>();
  const series = await store.listSeries(alertMeasurement, { device });
  const sets = new Map(series.map(({ tags }) => [JSON.stringify(tags), tags]));
  for (const tags of sets.values()) {
    const read = async (field: string): Promise<ReadonlyMap<number, number | string>> => {
      const rows = new Map<number, number | string>();
      const query = { measurement: alertMeasurement, tags, field, from: Number.MIN_SAFE_INTEGER, to };
      for await (const batch of store.query({ ...query, order: "desc", limit: most })) {
        for (const [time, value] of batch) rows.set(time, value);
      }
      return rows;
    };
    const [ids, states, numbers] = [await read(textField("alert")), await read("state"), await read("transition")];
    if (ids.size >= most) refuseIfCut(Math.min(...ids.keys()), from, most);
    for (const [time, id] of ids) {
      const state = states.get(time);
      const told = {
        time,
        transition: Number(numbers.get(time) ?? 0),
        isOpen: state === undefined ? undefined : state === 1,
        rule: tags["rule"],
        severity: tags["severity"],
      };
      const known = alerts.get(String(id));
      if (known === undefined) alerts.set(String(id), [told]);
      else known.push(told);
    }
  }
  return [...alerts]
    .flatMap(([id, transitions]) => intervalOf(id, transitions, from, to))
    .toSorted((a, b) => a.from - b.from)
    .slice(0, limit + 1);
}

/** What lies before the transitions that were read is of no matter to a range that begins after it. */
function refuseIfCut(oldest: number, from: number, most: number): void {
  if (oldest <= from) return;
  throw new RequestError(
    400,
    "too-many-values",
    `An alert of this device has more than ${most} transitions in the range; ask for one that begins later`,
  );
}

function intervalOf(id: string, transitions: readonly Transition[], from: number, to: number): StateInterval[] {
  const inOrder = transitions.toSorted((a, b) => a.transition - b.transition || a.time - b.time);
  const states = inOrder.filter(({ isOpen }) => isOpen !== undefined);
  const raised = states.filter(({ isOpen }) => isOpen === true);
  const last = states.at(-1);
  if (last === undefined || raised.length === 0) return [];
  const begin = Math.min(...raised.map(({ time }) => time));
  const end = last.isOpen === true ? to : last.time;
  if (end <= from || begin >= to) return [];
  return [
    {
      state: raised.at(-1)!.severity ?? "open",
      from: Math.max(begin, from),
      to: Math.min(end, to),
      open: last.isOpen === true,
      alert: id,
      rule: last.rule,
    },
  ];
}
