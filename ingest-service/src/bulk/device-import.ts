import {
  addCredential,
  canonicalSubject,
  checkDeviceId,
  type DeviceCredential,
  type DeviceState,
  type DeviceWrite,
  patchDevice,
  registerDevice,
} from "@headwater/aggregates";
import { HeadwaterError, nowMicros, RequestError } from "@headwater/core";
import { type AnswerParts, principalOf, statusOf } from "@headwater/service";
import type { FastifyRequest } from "fastify";
import type { DeviceWriter } from "../devices/device-writer.ts";
import { makeCredential } from "../devices/new-credential.ts";
import type { PasswordHasher } from "../devices/password-hasher.ts";
import type { ImportRow, ReadRow } from "./import-rows.ts";

/** Which devices get a token: those that are created, none, or also those that are there. */
export type NewTokens = "created" | "none" | "all";

export interface DeviceImportOptions {
  readonly stateOf: (id: string) => DeviceState | undefined;
  readonly write: DeviceWriter;
  readonly hasher: PasswordHasher;
  readonly request: FastifyRequest;
  readonly isDryRun: boolean;
  readonly tokens: NewTokens;
  /** Where the answers are kept, so that the same request sent again gets them. */
  readonly parts?: AnswerParts | undefined;
}

export interface RowAnswer {
  readonly row: number;
  readonly id?: string;
  readonly outcome: "created" | "updated" | "unchanged" | "refused" | "failed";
  /** Shown this once. */
  readonly token?: string;
  readonly code?: string;
  readonly detail?: string;
}

export interface ImportSummary {
  readonly created: number;
  readonly updated: number;
  readonly unchanged: number;
  readonly refused: number;
  readonly failed: number;
  /** False: rows from `next` on were not looked at. */
  readonly complete: boolean;
  readonly next?: number;
}

/** Written at a time: their events share appends. */
const rowsAtATime = 64;
const maxRows = 100_000;

/**
 * Makes the devices of the rows, or changes those that are there to what the rows say, one answer a row. A row that
 * says what is so already changes nothing, so an import that was cut is sent again whole; rows that were answered under
 * its Idempotency-Key are answered the same. It stops where the log is away.
 */
export class DeviceImport {
  readonly #options: DeviceImportOptions;
  readonly #seen = new Set<string>();
  readonly #counts = { created: 0, updated: 0, unchanged: 0, refused: 0, failed: 0 };
  #next: number | undefined;
  #batches = 0;
  /** When the first request of the key began (µs), if this is not the first. */
  #begunBefore: number | undefined;

  constructor(options: DeviceImportOptions) {
    this.#options = options;
  }

  /** Undefined before the rows have ended. */
  get summary(): ImportSummary {
    const next = this.#next;
    return { ...this.#counts, complete: next === undefined, ...(next !== undefined && { next }) };
  }

  async *answers(rows: AsyncIterable<ReadRow>): AsyncGenerator<readonly RowAnswer[]> {
    const now = String(nowMicros());
    const begun = await this.#options.parts?.begun(now);
    if (begun !== undefined && begun !== now) this.#begunBefore = Number(begun);
    let batch: ReadRow[] = [];
    for await (const row of rows) {
      if (row.row > maxRows || row.isLast === true) this.#next = row.row;
      if (row.row > maxRows) break;
      batch.push(row);
      if (batch.length < rowsAtATime) continue;
      yield await this.#decide(batch);
      batch = [];
      if (this.#next !== undefined) return;
    }
    if (batch.length > 0) yield await this.#decide(batch);
  }

  async #decide(batch: readonly ReadRow[]): Promise<readonly RowAnswer[]> {
    const answers = await this.#answersOf(batch);
    for (const { outcome } of answers) this.#counts[outcome] += 1;
    this.#next ??= answers.find(({ outcome }) => outcome === "failed")?.row;
    return answers;
  }

  /** Those of the first request of the key as they were, but for rows that the log did not take then. */
  async #answersOf(batch: readonly ReadRow[]): Promise<readonly RowAnswer[]> {
    const { parts } = this.#options;
    const name = `batch ${this.#batches++}`;
    const kept = JSON.parse(parts?.part(name) ?? "[]") as readonly RowAnswer[];
    const known = new Map(kept.filter(({ outcome }) => outcome !== "failed").map((answer) => [answer.row, answer]));
    for (const { id } of known.values()) if (id !== undefined) this.#seen.add(id);
    const answers = await Promise.all(batch.map(async (row) => known.get(row.row) ?? this.#answer(row)));
    if (known.size < batch.length) await parts?.keep(name, JSON.stringify(answers));
    return answers;
  }

  async #answer({ row, device, problem }: ReadRow): Promise<RowAnswer> {
    if (device === undefined) return { row, outcome: "refused", ...toldOf(problem!) };
    const { id } = device;
    try {
      if (this.#seen.has(id)) throw new RequestError(409, "duplicate-row", "A row before it is of the same device");
      this.#seen.add(id);
      return { row, id, ...(await this.#apply(device)) };
    } catch (error) {
      if (!(error instanceof HeadwaterError)) throw error;
      return { row, id, outcome: statusOf(error) < 500 ? "refused" : "failed", ...toldOf(error) };
    }
  }

  async #apply(device: ImportRow): Promise<Omit<RowAnswer, "row" | "id">> {
    checkDeviceId(device.id);
    const state = this.#options.stateOf(device.id);
    if (state?.device === undefined) return this.#create(device);
    const answer = await this.#change(device, state);
    return this.#isUntold(state, device) && answer.token === undefined ? { ...answer, ...untold } : answer;
  }

  /** Whether the request that was cut, by all that is known, has made the device, and kept no answer of it. */
  #isUntold({ device, revision, updatedBy }: DeviceState, { subject }: ImportRow): boolean {
    const { request, tokens } = this.#options;
    const wantsToken = tokens === "all" || (tokens === "created" && subject === undefined);
    if (this.#begunBefore === undefined || !wantsToken || device === undefined) return false;
    return revision === 1 && device.createdAt >= this.#begunBefore && updatedBy === principalOf(request).id;
  }

  async #create({ id, type, tags, attributes, subject }: ImportRow): Promise<Pick<RowAnswer, "outcome" | "token">> {
    const { request, write, isDryRun, tokens } = this.#options;
    const { credential: certificate } = subject === undefined ? {} : await this.#certificate(id, subject);
    const wantsToken = tokens === "all" || (tokens === "created" && certificate === undefined);
    const { credential: secret, token } = wantsToken ? await this.#token(id) : {};
    const credentials = [certificate, secret].filter((each) => each !== undefined);
    const described = {
      ...{ id, credentials, tags: withoutNulls(tags), attributes: withoutNulls(attributes) },
      ...(type !== undefined && { type }),
    };
    if (isDryRun) {
      registerDevice(this.#options.stateOf(id), described, dryWrite());
      return { outcome: "created" };
    }
    await write(request, id, (state, at) => registerDevice(state, described, at));
    return { outcome: "created", ...(token !== undefined && { token }) };
  }

  async #change(row: ImportRow, state: DeviceState): Promise<Pick<RowAnswer, "outcome" | "token">> {
    const { request, write, isDryRun, tokens } = this.#options;
    const { id, subject } = row;
    const patch = {
      ...(row.type !== undefined && { type: row.type }),
      ...(row.tags !== undefined && { tags: row.tags }),
      ...(row.attributes !== undefined && { attributes: row.attributes }),
    };
    const changes: ((state: DeviceState | undefined, at: DeviceWrite) => ReturnType<typeof patchDevice>)[] = [];
    if (!says(state, row)) changes.push((present, at) => patchDevice(present, id, patch, at));
    const isKnown = subject !== undefined && hasSubject(state, subject);
    const { credential: certificate } = subject === undefined || isKnown ? {} : await this.#certificate(id, subject);
    const { credential: secret, token } = tokens === "all" ? await this.#token(id) : {};
    for (const credential of [certificate, secret]) {
      if (credential !== undefined) changes.push((present, at) => addCredential(present, id, credential, at));
    }
    for (const change of changes) {
      if (isDryRun) change(state, dryWrite());
      else await write(request, id, change);
    }
    if (changes.length === 0) return { outcome: "unchanged" };
    return { outcome: "updated", ...(token !== undefined && !isDryRun && { token }) };
  }

  #token(id: string): Promise<{ readonly credential: DeviceCredential; readonly token?: string }> {
    return makeCredential({ kind: "token" }, id, this.#options.hasher);
  }

  #certificate(id: string, subject: string): Promise<{ readonly credential: DeviceCredential }> {
    return makeCredential({ kind: "x509", subject }, id, this.#options.hasher);
  }
}

const untold = {
  code: "token-not-told",
  detail: "It was made as the import was cut, and its token is not known any more; make one anew under …/credentials",
} as const;

/** Whether the device is already what the row says. */
function says({ device }: DeviceState, { type, tags = {}, attributes = {} }: ImportRow): boolean {
  if (device === undefined || (type !== undefined && type !== device.type)) return false;
  const isSo = (facts: Readonly<Record<string, unknown>>, wanted: Readonly<Record<string, unknown>>): boolean =>
    Object.entries(wanted).every(([name, value]) =>
      Object.hasOwn(facts, name) ? facts[name] === value : value === null,
    );
  return isSo(device.tags, tags) && isSo(device.attributes, attributes);
}

function hasSubject({ device }: DeviceState, subject: string): boolean {
  const canonical = canonicalSubject(subject);
  return device?.credentials.some((credential) => credential.subject === canonical) === true;
}

function withoutNulls<T>(facts: Readonly<Record<string, T | null>> = {}): Record<string, T> {
  return Object.fromEntries(Object.entries(facts).filter((entry): entry is [string, T] => entry[1] !== null));
}

function dryWrite(): DeviceWrite {
  return { at: nowMicros(), by: "dry run", writeId: "" };
}

function toldOf({ code, message }: HeadwaterError): { readonly code: string; readonly detail: string } {
  return { code, detail: message };
}
