import { parentPort } from "node:worker_threads";
import { RetentionClock } from "@headwater/core";
import { applyCompaction } from "./compaction.ts";
import { LogDatabase } from "./log-database.ts";
import { applyRetention } from "./retention.ts";
import { failureOf } from "./sqlite-failure.ts";
import {
  LogFailure,
  type Answer,
  type Request,
  type RequestName,
  type WorkerRequests,
  type WorkerSettings,
} from "./worker-protocol.ts";

/** The thread that owns the database. It answers requests in their order, and cleans up between them. */

if (parentPort === null) throw new LogFailure("invariant", "log-worker.ts is a worker thread's entry");
const port = parentPort;

let log: LogDatabase | undefined;
let settings: WorkerSettings | undefined;
let retentionClock: RetentionClock | undefined;
let timer: NodeJS.Timeout | undefined;
let hurrying: NodeJS.Timeout | undefined;
let cleaning: Generator<void> | undefined;

/** Between two attempts to make room on a full disk. */
const HURRY_MS = 1000;

function opened(): LogDatabase {
  if (log === undefined) throw new LogFailure("invariant", "the event log is not open");
  return log;
}

type Handlers = { [N in RequestName]: (body: WorkerRequests[N]["in"]) => WorkerRequests[N]["out"] };

const handlers: Handlers = {
  open(body) {
    settings = body;
    log = new LogDatabase(body);
    const { last } = log.clock;
    retentionClock = new RetentionClock(last === 0 ? undefined : last / 1000);
    timer = setInterval(beginCleaning, body.housekeepingMs);
    return { partitions: log.infos(), warnings: log.warnings, lastTime: log.clock.last };
  },
  ensure: ({ specs }) => ({ partitions: opened().ensure(specs) }),
  commit({ parts, offsets, buffer }) {
    try {
      return { baseOffsets: opened().commit(parts, offsets, buffer), lastTime: opened().clock.last, buffer };
    } finally {
      if (opened().isStarved) hurry();
    }
  },
  fetch: ({ wanted, maxBytes }) => opened().fetch(wanted, maxBytes),
  offsetForTime: ({ id, time }) => ({ offset: opened().partition(id).offsetForTime(time) }),
  positions: ({ topic }) => ({ partitions: opened().infos(topic) }),
  committed: ({ group }) => ({ offsets: opened().committed(group) }),
  housekeep() {
    const steps = cleaningSteps();
    while (steps.next().done !== true);
    return {};
  },
  close() {
    clearInterval(timer);
    clearTimeout(hurrying);
    hurrying = undefined;
    cleaning = undefined;
    const closing = log;
    log = undefined;
    closing?.close();
    return {};
  },
};

function* cleaningSteps(): Generator<void> {
  if (settings === undefined || retentionClock === undefined) return;
  const now = retentionClock.now();
  const { tombstoneRetentionMs } = settings;
  const database = opened();
  if (database.isStarved) database.makeRoom();
  try {
    yield* applyRetention(database, now);
  } catch (error) {
    // Without an append nobody has met the full disk before.
    if (database.isStarved || !(error instanceof LogFailure) || error.kind !== "unavailable") throw error;
    database.makeRoom();
    yield* applyRetention(database, now);
  } finally {
    database.regainReserve();
  }
  yield* applyCompaction(database, { now, tombstoneRetentionMs });
}

/** The disk is full: cleaning up does not wait for its turn, and is not repeated all the time either. */
function hurry(): void {
  hurrying ??= setTimeout(
    () => {
      hurrying = undefined;
      beginCleaning();
    },
    Math.min(HURRY_MS, settings?.housekeepingMs ?? HURRY_MS),
  );
}

function beginCleaning(): void {
  if (cleaning !== undefined) return;
  cleaning = cleaningSteps();
  cleanSome();
}

/** One step of the cleaning, then the requests that have arrived meanwhile. */
function cleanSome(): void {
  if (cleaning === undefined) return;
  try {
    if (cleaning.next().done !== true) {
      setImmediate(cleanSome);
      return;
    }
  } catch (error) {
    const failure = failureOf(error, "cleaning up");
    port.postMessage({ warning: failure.message });
  }
  cleaning = undefined;
  if (log?.isStarved === true) hurry();
}

/** What goes to the main thread without a copy. */
function transferred(name: RequestName, body: unknown): ArrayBuffer[] {
  return name === "fetch" || name === "commit" ? [(body as WorkerRequests["fetch" | "commit"]["out"]).buffer] : [];
}

port.on("message", (request: Request) => {
  const answer: Answer = { id: request.id };
  try {
    const handler = handlers[request.name] as (body: unknown) => unknown;
    const body = handler(request.body);
    port.postMessage({ ...answer, body }, transferred(request.name, body));
  } catch (error) {
    const { kind, message } = failureOf(error, request.name);
    port.postMessage({ ...answer, failure: { kind, message } });
  }
  if (request.name === "close") port.close();
});
