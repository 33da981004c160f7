import { parentPort } from "node:worker_threads";
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
let timer: NodeJS.Timeout | undefined;
let cleaning: Generator<void> | undefined;

function opened(): LogDatabase {
  if (log === undefined) throw new LogFailure("invariant", "the event log is not open");
  return log;
}

type Handlers = { [N in RequestName]: (body: WorkerRequests[N]["in"]) => WorkerRequests[N]["out"] };

const handlers: Handlers = {
  open(body) {
    settings = body;
    log = new LogDatabase(body);
    timer = setInterval(beginCleaning, body.housekeepingMs);
    return { partitions: log.infos(), warnings: log.warnings };
  },
  ensure: ({ specs }) => ({ partitions: opened().ensure(specs) }),
  commit: ({ parts, offsets, buffer }) => ({ baseOffsets: opened().commit(parts, offsets, buffer) }),
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
    cleaning = undefined;
    log?.close();
    log = undefined;
    return {};
  },
};

function* cleaningSteps(): Generator<void> {
  if (settings === undefined) return;
  const now = Date.now();
  yield* applyRetention(opened(), now);
  yield* applyCompaction(opened(), { now, tombstoneRetentionMs: settings.tombstoneRetentionMs });
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
}

port.on("message", (request: Request) => {
  const answer: Answer = { id: request.id };
  try {
    const handler = handlers[request.name] as (body: unknown) => unknown;
    const body = handler(request.body);
    const transfer = request.name === "fetch" ? [(body as WorkerRequests["fetch"]["out"]).buffer] : [];
    port.postMessage({ ...answer, body }, transfer);
  } catch (error) {
    const { kind, message } = failureOf(error, request.name);
    port.postMessage({ ...answer, failure: { kind, message } });
  }
  if (request.name === "close") port.close();
});
