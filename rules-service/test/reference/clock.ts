import type { HistoryEntry } from "./reference.ts";

/**
 * The log's clock, worked out anew from the whole history: slow, plain, and from the contract alone. It shares no code
 * with the engine.
 */
export interface ReferenceClock {
  readonly now: number;
  /** Those that are live. */
  readonly gateways: ReadonlyMap<string, { readonly epoch: number; readonly skew: number; readonly corrected: number }>;
  /** When nothing could be heard through each gateway, oldest first. */
  readonly outages: ReadonlyMap<string, readonly Outage[]>;
}

/** `to` is undefined while it goes on. */
export interface Outage {
  readonly from: number;
  readonly to: number | undefined;
}

interface Gateway {
  readonly epoch: number;
  readonly marks: { appendTime: number; lag: number }[];
  promised: number;
  corrected: number;
  marked: number;
  heard: number;
  offline: boolean;
  straggling: boolean;
}

const second = 1_000_000;
const minute = 60 * second;

export function clockAfter(history: readonly HistoryEntry[]): ReferenceClock {
  const gateways = new Map<string, Gateway>();
  const outages = new Map<string, Outage[]>();
  let now = 0;
  let lastTick = 0;
  for (const { record, appendTime } of withoutDuplicates(history)) {
    if (record.gateway !== "") {
      const before = gateways.get(record.gateway);
      const promised = before?.promised ?? 0;
      const wasMarked = before !== undefined && before.epoch === record.epoch && before.marks.length > 0;
      const { corrected: from, straggling } = before ?? { corrected: 0, straggling: false };
      hear(gateways, { record, appendTime }, lastTick);
      const { marks, corrected } = gateways.get(record.gateway)!;
      const known = outages.get(record.gateway) ?? [];
      const last = known.at(-1);
      if (marks.length > 0 && last !== undefined && last.to === undefined) {
        known[known.length - 1] = { from: last.from, to: Math.max(last.from, corrected) };
      } else if (wasMarked && straggling && record.receivedAt - promised > 30 * second)
        known.push({ from, to: corrected });
      outages.set(record.gateway, known);
    } else if (record.tick !== null) {
      // More than 15 s between two ticks: the log was away, and that time is nobody's silence.
      const away = lastTick === 0 ? Infinity : Math.max(0, appendTime - lastTick - 15 * second);
      lastTick = appendTime;
      for (const [name, gateway] of gateways) {
        const moved = (time: number) => Math.max(time, Math.min(time + away, appendTime - 15 * second));
        [gateway.marked, gateway.heard] = [moved(gateway.marked), moved(gateway.heard)];
        const known = outages.get(name) ?? [];
        const isAway = known.length > 0 && known.at(-1)!.to === undefined;
        if (lastTick - gateway.heard > 30 * second) {
          if (!gateway.offline && gateway.marks.length > 0 && !isAway) {
            outages.set(name, [...known, { from: gateway.corrected, to: undefined }]);
          }
          gateway.offline = true;
        }
        // What it has said counts no more after a quarter of an hour, and that it went no more after a day.
        if (lastTick - gateway.marked > 15 * minute) gateway.marks.length = 0;
        if (lastTick - gateway.heard > 24 * 60 * minute) {
          gateways.delete(name);
          outages.delete(name);
        }
      }
    }
    const holding = [...gateways.values()].filter((each) => isLive(each) && !each.straggling);
    if (holding.length > 0) now = Math.max(now, Math.min(...holding.map(({ corrected }) => corrected)));
    else if (record.tick !== null) now = Math.max(now, appendTime);
  }
  const marked = [...gateways].filter(([, { marks }]) => marks.length > 0);
  return {
    now,
    gateways: new Map(
      marked.map(([name, each]) => [
        name,
        { epoch: each.epoch, skew: skewOf(each), corrected: isLive(each) ? each.corrected : Infinity },
      ]),
    ),
    outages,
  };
}

function hear(
  gateways: Map<string, Gateway>,
  { record, appendTime }: Pick<HistoryEntry, "record" | "appendTime">,
  lastTick: number,
): void {
  const { gateway: name, epoch, receivedAt, mark } = record;
  let gateway = gateways.get(name);
  if (gateway?.epoch !== epoch) {
    const times = { promised: 0, corrected: 0, marked: -Infinity, heard: 0 };
    gateway = { epoch, marks: [], ...times, offline: false, straggling: false };
    gateways.set(name, gateway);
  }
  gateway.heard = appendTime;
  gateway.promised = receivedAt;
  gateway.offline = false;
  if (mark !== null) {
    gateway.marked = appendTime;
    // A mark of 0.1 does not say when it was forwarded: its receive time has to do.
    gateway.marks.push({ appendTime, lag: appendTime - (mark.forwardedAt === 0 ? receivedAt : mark.forwardedAt) });
  }
  if (gateway.marks.length === 0) return;
  gateway.corrected = Math.min(receivedAt + skewOf(gateway), appendTime);
  gateway.straggling = lastTick - gateway.corrected > 30 * second;
}

/** The least lag of the last ten minutes, by whole minutes of append time, up to the last mark. */
function skewOf({ marks }: Gateway): number {
  const minuteOf = ({ appendTime }: { appendTime: number }) => Math.floor(appendTime / minute);
  const last = minuteOf(marks.at(-1)!);
  return Math.min(...marks.filter((mark) => minuteOf(mark) > last - 10).map(({ lag }) => lag));
}

function isLive({ marks, offline }: Gateway): boolean {
  return marks.length > 0 && !offline;
}

/** What time it is for timers of a gateway's readings; "*" in front: while none may lag, and this one is not away. */
export function reach({ now, gateways, outages }: ReferenceClock, gateway: string): number {
  const last = outages.get(gateway.slice(1))?.at(-1);
  if (gateway.startsWith("*") && last !== undefined && last.to === undefined) return -Infinity;
  if (gateway.startsWith("*")) return Math.min(now, ...Array.from(gateways.values(), ({ corrected }) => corrected));
  return Math.min(now, gateways.get(gateway)?.corrected ?? Infinity);
}

/** When the last record of a history was received, on the log's clock as it was known before. */
export function logTimeOf(history: readonly HistoryEntry[]): number {
  const { record, appendTime } = history.at(-1)!;
  const known = clockAfter(history.slice(0, -1)).gateways.get(record.gateway);
  if (known?.epoch !== record.epoch) return appendTime;
  return Math.min(record.receivedAt + known.skew, appendTime);
}

/** n is dense in one epoch of a gateway, and of none before it does anything follow. */
export function withoutDuplicates(history: readonly HistoryEntry[]): HistoryEntry[] {
  const seen = new Map<string, number>();
  return history.filter(({ record: { gateway, epoch, n } }) => {
    if (gateway === "") return true;
    if (n <= (seen.get(`${gateway}/${epoch}`) ?? 0)) return false;
    seen.set(`${gateway}/${epoch}`, n);
    return true;
  });
}
