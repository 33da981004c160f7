import { isFinal, lifeOf, type CommandState, type Incarnation } from "@headwater/aggregates";
import type { EventLog } from "@headwater/event-log";
import { cloudEventHeaders, events, eventTypes } from "@headwater/proto";
import { nowMicros, retrying, type Logger } from "@headwater/core";
import type { GatewayMetrics } from "../gateway-metrics.ts";
import type { RecordWriter } from "../pipeline/commit/record-writer.ts";
import { ActiveSession } from "./active-session.ts";
import type { CommandBook } from "./command-book.ts";
import type { CommandSession } from "./command-session.ts";

export interface CommandDispatcherOptions {
  readonly log: EventLog;
  readonly topic: string;
  readonly book: CommandBook;
  readonly recordWriter: RecordWriter;
  /** Which device of that id there is, as far as is known here; undefined: none was ever registered. */
  readonly incarnationOf: (device: string) => Incarnation | undefined;
  readonly gateway: string;
  /** Commands on their way to one device at a time. */
  readonly inFlight: number;
  readonly metrics: GatewayMetrics;
  readonly logger: Logger;
}

const lookEveryMs = 100;
/** A claim of another session that is here or elsewhere at the same time is left to it for so long. */
const foreignClaimMs = 10_000;
/** A device that acknowledges nothing gets no more than this, whatever their deadlines. */
const maxUnacked = 256;

/**
 * Brings commands to devices: claims what is for a device that is connected here and has subscribed, and sends it once
 * the log says that the claim was the first. What a claim of an earlier session was for is not sent again, unless the
 * command asks for it. Commands wait in the log. It looks at a device when something may have changed for it;
 * nothing is walked through.
 */
export class CommandDispatcher {
  readonly #options: CommandDispatcherOptions;
  /** The newest session of each device is last. */
  readonly #sessions = new Map<string, ActiveSession[]>();
  /** When to look again although nothing came: a deadline in flight, a claim of another (milliseconds, monotonic). */
  readonly #due = new Map<string, number>();
  /** The book was not at the log's head when somebody looked. */
  #behind = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: CommandDispatcherOptions) {
    this.#options = options;
    options.book.onChanged = (devices) => {
      for (const device of devices) this.#look(device);
    };
  }

  start(): void {
    this.#timer = setInterval(() => this.#lookAgain(), lookEveryMs);
  }

  stop(): void {
    clearInterval(this.#timer);
    for (const sessions of this.#sessions.values()) for (const active of sessions) active.end();
    this.#sessions.clear();
    this.#due.clear();
  }

  /** These devices may be others now: what waited for a registration that was not known here is not told again. */
  devicesChanged(devices: readonly string[]): void {
    for (const device of new Set(devices)) this.#look(device);
  }

  begin(session: CommandSession): void {
    const active = new ActiveSession(session);
    const sessions = this.#sessions.get(session.device);
    if (sessions === undefined) this.#sessions.set(session.device, [active]);
    else {
      // The last one counts.
      const connected = session.assumed === true ? sessions.findIndex((other) => other.session.assumed !== true) : -1;
      sessions.splice(connected === -1 ? sessions.length : connected, 0, active);
    }
    this.#look(session.device);
  }

  end(session: CommandSession): void {
    const sessions = this.#sessions.get(session.device) ?? [];
    for (const active of sessions) if (active.session === session) active.end();
    const rest = sessions.filter((active) => active.session !== session);
    if (rest.length === 0) {
      this.#sessions.delete(session.device);
      this.#due.delete(session.device);
    } else {
      this.#sessions.set(session.device, rest);
      // An older command goes first.
      this.#look(session.device);
    }
  }

  #lookAgain(): void {
    if (this.#behind && this.#options.book.caughtUp) {
      this.#behind = false;
      const devices = new Set(this.#options.book.waitingDevices());
      for (const [device, sessions] of this.#sessions) {
        if (devices.has(device) || sessions.some((active) => active.hasWork && active.work.claims.size > 0))
          this.#look(device);
      }
    }
    const now = performance.now();
    for (const [device, at] of this.#due) {
      if (at > now) continue;
      this.#due.delete(device);
      this.#look(device);
    }
  }

  /** Does for a device what can be done for it now. */
  #look(device: string): void {
    const sessions = this.#sessions.get(device);
    if (sessions === undefined) return;
    const { book, inFlight } = this.#options;
    if (!book.caughtUp) {
      this.#behind = true;
      return;
    }
    const { logTime } = book;
    let under = 0;
    for (const active of sessions) {
      this.#settle(active, logTime);
      this.#sendClaimed(active, logTime);
      under += active.inFlight;
    }
    const newest = sessions.at(-1)!;
    if (under < inFlight && newest.session.inFlight < maxUnacked) this.#claimNext(newest, logTime, inFlight - under);
    newest.fresh = false;
    this.#plan(device, sessions, logTime);
  }

  /** Drops commands that have ended, or that another session claimed. */
  #settle(active: ActiveSession, logTime: number): void {
    if (!active.hasWork) return;
    const { book } = this.#options;
    const { claims, unacknowledged, finished, foreignClaims } = active.work;
    for (const id of claims.keys()) {
      const state = book.get(id);
      if (state === undefined || isFinal(state)) claims.delete(id);
      else if (state.claim !== undefined && !this.#isOurs(state, active)) {
        // Somebody else was first.
        claims.delete(id);
        foreignClaims.set(id, performance.now());
      }
    }
    for (const [id, deadline] of unacknowledged) {
      const state = book.get(id);
      if (deadline <= logTime || state === undefined || isFinal(state)) unacknowledged.delete(id);
    }
    for (const id of finished) {
      const status = book.get(id)?.status;
      // Delivered or ended: nobody claims it any more.
      if (status !== "requested" && status !== "claimed") finished.delete(id);
    }
  }

  #sendClaimed(active: ActiveSession, logTime: number): void {
    const { book, gateway } = this.#options;
    for (const command of book.claimedFor(active.session.device, gateway, active.session.session)) {
      const { claims, finished } = active.work;
      if (finished.has(command.id)) continue;
      const began = claims.get(command.id);
      claims.delete(command.id);
      finished.add(command.id);
      // Its device was deleted since it was claimed: the partition's owner says so in the log.
      if (!this.#isForPresent(command)) continue;
      // No clock is asked but the log's: the claim was appended then, and since it set out so much has passed at most.
      const since = began === undefined ? 0 : (performance.now() - began) * 1000;
      const late = command.deadline <= Math.max(logTime, command.claim!.at + since);
      if (late) this.#options.metrics.commands.labels({ what: "too-late" }).inc();
      else this.#send(command, active);
    }
  }

  #claimNext(active: ActiveSession, logTime: number, room: number): void {
    const { book } = this.#options;
    const { device } = active.session;
    let claimed = 0;
    for (let limit = room + 8; ; limit *= 4) {
      const commands = book.free(device, logTime, limit);
      for (const command of commands) {
        if (claimed === room) return;
        if (!this.#mayClaim(command, active)) continue;
        this.#claim(command, active);
        claimed += 1;
      }
      if (commands.length < limit) return;
    }
  }

  #isForPresent(command: CommandState): boolean {
    return lifeOf(command, this.#options.incarnationOf(command.device)) === "present";
  }

  #mayClaim(command: CommandState, { work, fresh }: ActiveSession): boolean {
    const { id, status } = command;
    const { finished, claims, foreignClaims } = work;
    if (finished.has(id) || claims.has(id) || !this.#isForPresent(command)) return false;
    if (status === "requested" || fresh) return true;
    const now = performance.now();
    const seen = foreignClaims.get(id);
    if (seen === undefined) foreignClaims.set(id, now);
    return seen !== undefined && now - seen >= foreignClaimMs;
  }

  /** When time alone will make a difference. */
  #plan(device: string, sessions: readonly ActiveSession[], logTime: number): void {
    const now = performance.now();
    let next = Number.POSITIVE_INFINITY;
    for (const active of sessions) {
      if (!active.hasWork) continue;
      const { unacknowledged, foreignClaims } = active.work;
      for (const deadline of unacknowledged.values()) next = Math.min(next, now + (deadline - logTime) / 1000);
      for (const seen of foreignClaims.values())
        if (seen + foreignClaimMs > now) next = Math.min(next, seen + foreignClaimMs);
    }
    if (next === Number.POSITIVE_INFINITY) this.#due.delete(device);
    else this.#due.set(device, next);
  }

  #isOurs(command: CommandState, { session }: ActiveSession): boolean {
    return command.claim?.gateway === this.#options.gateway && command.claim.session === session.session;
  }

  #claim({ id, device }: CommandState, active: ActiveSession): void {
    const { claims, finished, foreignClaims, ended } = active.work;
    claims.set(id, performance.now());
    foreignClaims.delete(id);
    const { log, topic, gateway, logger, metrics } = this.#options;
    const { session } = active.session;
    const at = nowMicros();
    const record = {
      key: device,
      value: events.command.encode({ commandId: id, device, at, claimed: { gateway, session } }),
      headers: cloudEventHeaders({
        type: eventTypes.command,
        source: `/headwater/gateway/${gateway}`,
        id: `${id}/claimed/${session}`,
        time: at,
      }),
    };
    metrics.commands.labels({ what: "claimed" }).inc();
    const append = (): Promise<unknown> => {
      if (claims.has(id)) claims.set(id, performance.now());
      return log.append(topic, [record]);
    };
    // The identical claim again if its fate is unknown: the fold takes it once.
    retrying(append, { signal: ended.signal, maxMs: 2000 }).catch((error: unknown) => {
      claims.delete(id);
      if (ended.signal.aborted) return;
      finished.add(id);
      logger.error({ err: error, device, command: id }, "a command could not be claimed");
      this.#look(device);
    });
  }

  #send(command: CommandState, active: ActiveSession): void {
    const { id, device, deadline } = command;
    const { recordWriter, gateway, metrics, logger } = this.#options;
    metrics.commands.labels({ what: "sent" }).inc();
    logger.debug({ device, command: id }, "a command was sent");
    const awaited = active.session.send(command, () => {
      active.work.unacknowledged.delete(id);
      metrics.commands.labels({ what: "delivered" }).inc();
      recordWriter.command(
        { device, commandId: id, delivered: { gateway, session: active.session.session } },
        "delivered",
      );
      // There may be room for the next one.
      this.#look(device);
    });
    if (awaited) active.work.unacknowledged.set(id, deadline);
  }
}
