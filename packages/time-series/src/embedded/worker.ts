import type { DatabaseSync } from "node:sqlite";
import { parentPort, receiveMessageOnPort, workerData, type MessagePort } from "node:worker_threads";
import type { Retention } from "../retention.ts";
import { openDatabase, usedBytes } from "./database.ts";
import { backUp } from "./backup.ts";
import { Damage } from "./damage.ts";
import { DiskRoom } from "./disk-room.ts";
import { HourMaking } from "./hour-making.ts";
import { Facts, retentionOf } from "./facts.ts";
import { Points } from "./points.ts";
import type { Answer, Failure, NewestPoints, Request, WorkerSettings } from "./protocol.ts";
import { Sealing } from "./sealing.ts";
import { type CursorPage, SeriesCursor } from "./series-cursor.ts";

/** Bytes of writes that share a commit at most. */
const GROUP_BYTES = 8 * 1024 * 1024;
/** How often the worker looks whether there is something to flush or expire. */
const HOUSEKEEPING_MS = 250;
/** Queries that may be open at once; the oldest is dropped beyond it, its reader having most likely gone. */
const MAX_CURSORS = 1_024;

/** Milliseconds for which a query looks at its windows before writes have their turn. */
const LOOK_MS = 5;
const EMPTY_PAGE: CursorPage = { rows: { times: new Float64Array(0), values: new Float64Array(0) }, done: false };

/** The memory has to last for the writes that arrive until the housekeeping runs again. */
const FLUSH_AT_FILL = 0.8;

type BackupRequest = Extract<Request, { name: "backup" }>;
type WriteRequest = Extract<Request, { name: "write" }>;

/** Serves one store: groups writes into commits, answers the rest in between, and flushes while nobody asks. */
class StoreWorker {
  readonly #port: MessagePort;
  readonly #settings: WorkerSettings;
  readonly #database: DatabaseSync;
  readonly #damage: Damage;
  readonly #points: Points;
  readonly #retention: Retention;
  readonly #sealing: Sealing;
  readonly #hours: HourMaking;
  readonly #room: DiskRoom;
  readonly #cursors = new Map<number, SeriesCursor>();
  readonly #housekeeping: NodeJS.Timeout;
  #backup: { readonly giveUp: AbortController; readonly ended: Promise<void> } | undefined;
  #lastFlush = performance.now();
  #lastWrite = 0;
  /** The error that keeps the housekeeping from its work; `health` reports it. */
  #trouble: unknown;

  private constructor(port: MessagePort, settings: WorkerSettings) {
    this.#port = port;
    this.#settings = settings;
    const { database, isNew } = openDatabase(settings.path);
    this.#database = database;
    try {
      this.#damage = new Damage(this.#database);
      this.#points = new Points(this.#database, settings.headCapacity, this.#damage);
      const facts = new Facts(this.#database);
      this.#retention = retentionOf(facts, isNew, settings.retention);
      this.#sealing = new Sealing(this.#points, facts, settings.isBounded);
      this.#hours = new HourMaking(this.#points);
      this.#room = new DiskRoom(this.#database, settings.path);
    } catch (error) {
      this.#database.close();
      throw error;
    }
    this.#housekeeping = setInterval(() => this.#keepHouse(), HOUSEKEEPING_MS);
  }

  /** Throws if the file cannot be used. */
  static open(port: MessagePort, settings: WorkerSettings): void {
    const worker = new StoreWorker(port, settings);
    port.on("message", (request: Request) => worker.#serve(request));
    const damage = worker.#damage;
    const { retention, marks } = { retention: worker.#retention, marks: worker.#sealing.marks };
    worker.#post({ opened: { series: worker.#points.series.texts(), damaged: damage.told, retention, marks } });
    damage.onFound = (damaged) => worker.#post({ damaged });
  }

  /** Handles a request and all that wait behind it; neighbouring writes share one commit. */
  #serve(first: Request): void {
    let group: WriteRequest[] = [];
    let bytes = 0;
    for (let request: Request | undefined = first; request !== undefined; request = this.#nextRequest()) {
      if (request.name === "write") {
        group.push(request);
        bytes += request.packed.length;
        if (bytes < GROUP_BYTES) continue;
      }
      this.#write(group);
      group = [];
      bytes = 0;
      if (request.name === "backup") void this.#backUp(request);
      else if (request.name === "close" && this.#backup !== undefined) this.#closeAfterBackup(request);
      else if (request.name !== "write") this.#answer(request);
    }
    this.#write(group);
  }

  #nextRequest(): Request | undefined {
    return receiveMessageOnPort(this.#port)?.message as Request | undefined;
  }

  #write(group: readonly WriteRequest[]): void {
    if (group.length === 0) return;
    try {
      this.#room.refuseIfShort();
      const bytes = group.reduce((total, { packed }) => total + packed.length, 0);
      this.#room.makeSureFor(bytes, this.#points.journalBytes);
      // The fuller the memory, the more of each commit goes into emptying it: writers slow down before they have to
      // stand still.
      this.#points.write(group, 1 + 12 * this.#points.fill ** 2);
      for (const { call } of group) this.#post({ call, result: undefined });
    } catch (error) {
      if (!this.#room.isShort) this.#failed(error);
      for (const { call } of group) this.#post({ call, failure: failureOf(error) });
    }
    this.#lastWrite = performance.now();
  }

  async #backUp({ call, path }: BackupRequest): Promise<void> {
    const giveUp = new AbortController();
    const copying = backUp(this.#database, path, giveUp.signal);
    this.#backup = { giveUp, ended: copying.then(() => {}, () => {}) }; // oxfmt-ignore
    try {
      await copying;
      this.#post({ call, result: undefined });
    } catch (error) {
      this.#post({ call, failure: failureOf(error) });
    } finally {
      this.#backup = undefined;
    }
  }

  /** A copy under way has the database in its hands. */
  #closeAfterBackup(request: Exclude<Request, WriteRequest | BackupRequest>): void {
    this.#backup?.giveUp.abort(new RangeError("the store is being closed"));
    void this.#backup?.ended.then(() => setImmediate(() => this.#answer(request)));
  }

  #answer(request: Exclude<Request, WriteRequest | BackupRequest>): void {
    try {
      this.#post({ call: request.call, result: this.#resultOf(request) });
    } catch (error) {
      this.#post({ call: request.call, failure: failureOf(error) });
    }
    if (request.name === "close") this.#port.close();
  }

  #resultOf(request: Exclude<Request, WriteRequest | BackupRequest>): unknown {
    switch (request.name) {
      case "page":
        return this.#page(request);
      case "abandon":
        return this.#cursors.delete(request.cursor);
      case "newest":
        return this.#newest(request.series);
      case "withPoints":
        return request.series.filter((id) => this.#points.hasPoints(id));
      case "delete":
        this.#points.delete(request.series, request.from, request.to);
        return undefined;
      case "advance":
        this.#sealing.advance(request.marks);
        return undefined;
      case "usage":
        return { bytes: usedBytes(this.#database), oldest: this.#sealing.oldest, isSettled: this.#sealing.isSettled };
      case "isSettled":
        return this.#sealing.isSettled;
      case "health":
        this.#room.refuseIfShort();
        if (this.#trouble !== undefined) throw this.#trouble;
        this.#database.prepare("SELECT count(*) FROM (SELECT 1 FROM journal LIMIT 1)").get();
        return undefined;
      case "close":
        this.#close();
        return undefined;
      default:
        return unknownRequest(request);
    }
  }

  #newest(series: readonly number[]): NewestPoints {
    const points = series.map((id) => this.#points.newest(id));
    return {
      times: Float64Array.from(points, (point) => point?.time ?? Number.NaN),
      values: points.map((point) => point?.value ?? 0),
    };
  }

  #page({ cursor: id, query }: Extract<Request, { name: "page" }>): unknown {
    const cursor = query === undefined ? this.#cursors.get(id) : new SeriesCursor(query);
    if (cursor === undefined) throw new RangeError("the query was dropped: too many are open at once");
    const page = cursor.prepare(LOOK_MS) ? this.#pageOf(cursor) : EMPTY_PAGE;
    this.#cursors.delete(id);
    if (!page.done) this.#cursors.set(id, cursor);
    if (this.#cursors.size > MAX_CURSORS) this.#cursors.delete(this.#cursors.keys().next().value as number);
    return page;
  }

  #pageOf(cursor: SeriesCursor): CursorPage {
    const series = cursor.series;
    const summaries = cursor.summaries((id) => this.#sealing.marksOf(id));
    return cursor.page((range, fits) => this.#points.scan(series, range, fits, summaries));
  }

  #keepHouse(): void {
    const now = performance.now();
    const { isShort } = this.#room;
    try {
      const due = this.#points.fill >= FLUSH_AT_FILL || now - this.#lastFlush >= this.#settings.flushAfterMs;
      if ((due || isShort) && !this.#points.isFlushing) {
        this.#points.startFlush();
        this.#lastFlush = now;
      }
      if (isShort || now - this.#lastWrite >= HOUSEKEEPING_MS / 2) this.#points.flushSlice(HOUSEKEEPING_MS / 5);
      this.#sealing.step(HOUSEKEEPING_MS / 5);
      if (!isShort) this.#hours.step(HOUSEKEEPING_MS / 25);
      this.#room.keep(this.#points.journalBytes);
      if (!this.#room.isShort) this.#trouble = undefined;
    } catch (error) {
      // A full disk, most likely. Everything is still in memory and in the journal; the next write meets the same fault
      // and reports it to its caller, and the next round tries again.
      this.#failed(error);
    }
  }

  #failed(error: unknown): void {
    this.#trouble = error;
    this.#room.failed(error);
  }

  /** Points in memory are in the journal as well, and quicker read from there than moved to chunks now. */
  #close(): void {
    clearInterval(this.#housekeeping);
    try {
      this.#room.close();
    } finally {
      this.#database.close();
    }
  }

  #post(answer: Answer): void {
    this.#port.postMessage(answer);
  }
}

function unknownRequest(request: never): never {
  throw new RangeError(`the worker knows no ${JSON.stringify(request)}`);
}

function failureOf(error: unknown): Failure {
  const { message, errcode } = error as { message: string; errcode?: number };
  return { message, errcode };
}

const port = parentPort as MessagePort;
try {
  StoreWorker.open(port, workerData as WorkerSettings);
} catch (error) {
  port.postMessage({ notOpened: failureOf(error) } satisfies Answer);
  port.close();
}
