/** A subscription, as aedes knows it. What MQTT 5 adds is undefined where it was not asked for. */
export interface Subscription {
  readonly topic: string;
  readonly qos: number;
  /** No Local: what the client says itself is not for it. */
  readonly nl?: boolean | undefined;
  /** Retain As Published. */
  readonly rap?: boolean | undefined;
  /** Retain Handling: whether what is retained comes with the subscription (0), with a new one (1) or never (2). */
  readonly rh?: number | undefined;
  readonly subscriptionIdentifier?: number | undefined;
}

/** On disk: topic, QoS, and what MQTT 5 adds if it adds something. */
type StoredFilter = readonly [string, number, Omit<Subscription, "topic" | "qos">?];

/** A line of the sessions' journal. */
type SessionEntry =
  | {
      readonly t: "session";
      readonly s: string;
      readonly f: readonly StoredFilter[];
      readonly at: number;
      /** The session's expiry. */
      readonly x?: number | undefined;
    }
  /** `c`: it is connected now. */
  | { readonly t: "seen"; readonly s: string; readonly at: number; readonly c?: 1 | undefined }
  | { readonly t: "end"; readonly s: string };

/** Without what else the broker notes on it. */
export function bareSubscription({ topic, qos, nl, rap, rh, subscriptionIdentifier }: Subscription): Subscription {
  return { topic, qos, nl, rap, rh, subscriptionIdentifier };
}

export function toDisk(byFilter: ReadonlyMap<string, Subscription>): StoredFilter[] {
  return [...byFilter.values()].map(({ topic, qos, ...more }) =>
    Object.values(more).every((value) => value === undefined) ? [topic, qos] : [topic, qos, more],
  );
}

export function fromDisk(filters: readonly StoredFilter[]): Map<string, Subscription> {
  return new Map(filters.map(([topic, qos, more]) => [topic, bareSubscription({ topic, qos, ...more })]));
}

export function encodeEntry(entry: SessionEntry): string {
  return JSON.stringify(entry);
}

/** undefined if it is none: a line of version 0.1 has no checksum. */
export function decodeEntry(text: string): SessionEntry | undefined {
  let entry: Partial<Extract<SessionEntry, { t: "session" }>>;
  try {
    entry = JSON.parse(text) as typeof entry;
  } catch {
    return undefined;
  }
  if (typeof entry !== "object" || entry === null || typeof entry.s !== "string") return undefined;
  if ((entry.t as string) === "end") return entry as SessionEntry;
  if (!Number.isSafeInteger(entry.at)) return undefined;
  if ((entry.t as string) === "seen") return entry as SessionEntry;
  const sound =
    entry.t === "session" &&
    Array.isArray(entry.f) &&
    entry.f.every((pair) => Array.isArray(pair) && typeof pair[0] === "string" && [0, 1, 2].includes(pair[1]));
  return sound ? (entry as SessionEntry) : undefined;
}
