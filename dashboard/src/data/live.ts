import { sessionChanges } from "./api.ts";

/** none: no page listens. */
export type LiveState = "none" | "connecting" | "live" | "stale";

/** What the live stream tells: of a reading, an alert, a device or a command. */
export interface LiveEvent {
  readonly topic: string;
  readonly data: unknown;
}

type Listener = (events: readonly LiveEvent[]) => void;

const topics = ["telemetry", "alerts", "devices", "commands"] as const;
/** After it a connection that was closed for good is opened anew. */
const retryMs = 3_000;
/** A page that is out of sight for longer holds no connection: browsers have six of them for all pages of a server. */
const hiddenMs = 5_000;
/** More than a page that is not drawn keeps; the oldest go, since each page asks anew for what it shows. */
const mostWaiting = 20_000;

/** One connection for all that listen to the same; what arrived since the last frame is handed out at once. */
class Feed {
  state: Exclude<LiveState, "none"> = "connecting";
  readonly listeners = new Set<Listener>();
  readonly openers = new Set<() => void>();
  readonly #query: string;
  readonly #changed: () => void;
  readonly #returned: () => void;
  #source: EventSource | undefined;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #frame: number | undefined;
  #waiting: LiveEvent[] = [];

  /** @param returned called when the connection is back after it was lost */
  constructor(query: string, changed: () => void, returned: () => void) {
    this.#query = query;
    this.#changed = changed;
    this.#returned = returned;
    this.#open();
  }

  close(): void {
    clearTimeout(this.#retry);
    if (this.#frame !== undefined) cancelAnimationFrame(this.#frame);
    this.#frame = undefined;
    this.#waiting = [];
    this.#source?.close();
  }

  /** Goes on after `close`, with what happens from now on. */
  reopen(): void {
    this.#become("connecting");
    this.#open();
  }

  #open(): void {
    const source = new EventSource(`/api/v1/stream?${this.#query}`);
    this.#source = source;
    source.addEventListener("open", () => {
      const wasLost = this.state === "stale";
      this.#become("live");
      // What was asked for meanwhile has failed, and a connection that is a new one does not tell what it has missed.
      if (wasLost) this.#returned();
      for (const opened of this.openers) opened();
    });
    source.addEventListener("error", () => {
      this.#become("stale");
      // The browser goes on by itself, from the last event, unless it was refused.
      if (source.readyState !== EventSource.CLOSED) return;
      this.#retry = setTimeout(() => this.#open(), retryMs);
      // The browser does not say why: for want of a session, perhaps, or of a right.
      sessionChanges.dispatchEvent(new Event("doubted"));
    });
    for (const topic of topics) {
      source.addEventListener(topic, ({ data }: MessageEvent<string>) => this.#take({ topic, data: JSON.parse(data) }));
    }
  }

  #become(state: Feed["state"]): void {
    if (this.state === state) return;
    this.state = state;
    this.#changed();
  }

  #take(event: LiveEvent): void {
    this.#waiting.push(event);
    if (this.#waiting.length > mostWaiting) this.#waiting.splice(0, mostWaiting / 2);
    this.#frame ??= requestAnimationFrame(() => {
      this.#frame = undefined;
      const events = this.#waiting;
      this.#waiting = [];
      for (const listener of this.listeners) listener(events);
    });
  }
}

/** The live stream as the pages use it. */
class Live {
  readonly #feeds = new Map<string, Feed>();
  readonly #watchers = new Set<() => void>();
  readonly #returners = new Set<() => void>();
  #hiding: ReturnType<typeof setTimeout> | undefined;
  #isAway = false;

  constructor() {
    document.addEventListener("visibilitychange", () => {
      clearTimeout(this.#hiding);
      if (document.hidden) this.#hiding = setTimeout(() => this.#leave(), hiddenMs);
      else if (this.#isAway) this.#return();
    });
  }

  /** The worst of the connections. */
  get state(): LiveState {
    const states = [...this.#feeds.values()].map(({ state }) => state);
    if (states.length === 0) return "none";
    if (states.includes("stale")) return "stale";
    return states.includes("live") ? "live" : "connecting";
  }

  /**
   * Hears what fits the query of `/api/v1/stream`, at most once a frame; answers with what ends it.
   *
   * @param opened called when the connection is there: what happened before it, nobody told
   */
  listen(query: string, listener: Listener, opened?: () => void): () => void {
    const feed =
      this.#feeds.get(query) ??
      new Feed(
        query,
        () => this.#tell(),
        () => this.#askAnew(),
      );
    this.#feeds.set(query, feed);
    this.#tell();
    feed.listeners.add(listener);
    if (opened !== undefined) feed.openers.add(opened);
    return () => {
      feed.listeners.delete(listener);
      if (opened !== undefined) feed.openers.delete(opened);
      if (feed.listeners.size > 0) return;
      feed.close();
      this.#feeds.delete(query);
      this.#tell();
    };
  }

  /** Tells that the page is back in sight, or the connection back, after something was missed. */
  onReturn(returned: () => void): () => void {
    this.#returners.add(returned);
    return () => this.#returners.delete(returned);
  }

  watch(changed: () => void): () => void {
    this.#watchers.add(changed);
    return () => this.#watchers.delete(changed);
  }

  #leave(): void {
    this.#isAway = true;
    for (const feed of this.#feeds.values()) feed.close();
  }

  #return(): void {
    this.#isAway = false;
    for (const feed of this.#feeds.values()) feed.reopen();
    this.#askAnew();
  }

  #askAnew(): void {
    for (const returned of this.#returners) returned();
  }

  #tell(): void {
    for (const changed of this.#watchers) changed();
  }
}

export const live = new Live();
