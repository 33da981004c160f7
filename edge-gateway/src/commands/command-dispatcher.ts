import { lateCause, type CommandState } from "@headwater/aggregates";
import type { EventLog } from "@headwater/event-log";
import { cloudEventHeaders, events, eventTypes } from "@headwater/proto";
import { DecodeError, isoFromMicros, nowMicros, retrying, type Logger } from "@headwater/service-kit";
import type { GatewayMetrics } from "../gateway-metrics.ts";
import type { Intake } from "../intake/intake.ts";
import type { Owner, Settled } from "../intake/record-batch.ts";
import type { CommandBook } from "./command-book.ts";
import type { CommandSession } from "./command-session.ts";
import { decodeReply, type Reply } from "./reply.ts";

export interface CommandDispatcherOptions {
  readonly log: EventLog;
  readonly topic: string;
  readonly book: CommandBook;
  readonly intake: Intake;
  readonly gateway: string;
  /** Commands on their way to one device at a time. */
  readonly inFlight: number;
  readonly metrics: GatewayMetrics;
  readonly logger: Logger;
}

/** A session and what it does. */
interface ActiveSession {
  readonly session: CommandSession;
  readonly ended: AbortController;
  /** Claims that are being written or were, so that a command is claimed once for a session. */
  readonly claimed: Set<string>;
  /** Claims that are on their way through the log. */
  readonly claiming: Set<string>;
  readonly sent: Set<string>;
}

/**
 * Brings commands to devices: claims what is for a device that is connected here and has subscribed, and sends it once the log says that the claim was
 * the first. What a claim of an earlier session was for is not sent again, unless the command asks for it. What waits, waits in the log.
 */
export class CommandDispatcher {
  readonly #options: CommandDispatcherOptions;
  /** The newest session of each device is last. */
  readonly #sessions = new Map<string, ActiveSession[]>();
  #timer: NodeJS.Timeout | undefined;

  constructor(options: CommandDispatcherOptions) {
    this.#options = options;
    options.book.onChanged = (devices) => {
      for (const device of devices) this.#dispatch(device);
    };
  }

  start(): void {
    // What waited for the book to catch up, or for an acknowledgement that never came.
    this.#timer = setInterval(() => {
      for (const device of this.#sessions.keys()) this.#dispatch(device);
    }, 1000);
  }

  stop(): void {
    clearInterval(this.#timer);
    for (const sessions of this.#sessions.values()) for (const { ended } of sessions) ended.abort();
    this.#sessions.clear();
  }

  begin(session: CommandSession): void {
    const active: ActiveSession = {
      session,
      ended: new AbortController(),
      claimed: new Set(),
      claiming: new Set(),
      sent: new Set(),
    };
    const sessions = this.#sessions.get(session.device);
    if (sessions === undefined) this.#sessions.set(session.device, [active]);
    else sessions.push(active);
    this.#dispatch(session.device);
  }

  end(session: CommandSession): void {
    const sessions = this.#sessions.get(session.device) ?? [];
    for (const active of sessions) if (active.session === session) active.ended.abort();
    const rest = sessions.filter((active) => active.session !== session);
    if (rest.length === 0) this.#sessions.delete(session.device);
    else this.#sessions.set(session.device, rest);
  }

  /**
   * Takes a device's reply, also one that comes before the acknowledgement. Answers with what is wrong with it if it cannot be taken; nothing is
   * written then.
   */
  reply(
    device: string,
    commandId: string,
    payload: Uint8Array,
    settled: Settled | undefined,
    owner: Owner,
    packetId: number | undefined,
  ): string | undefined {
    const { book, intake, metrics } = this.#options;
    if (book.get(commandId)?.device !== device) return "A reply to a command that is not known";
    let reply: Reply;
    try {
      reply = decodeReply(payload);
    } catch (error) {
      if (error instanceof DecodeError) return error.message;
      throw error;
    }
    metrics.commands.labels({ what: reply.status }).inc();
    intake.command(
      { device, commandId, [reply.status]: { result: reply.result } },
      reply.status,
      settled,
      owner,
      packetId,
    );
    return undefined;
  }

  #dispatch(device: string): void {
    const active = this.#sessions.get(device)?.at(-1);
    const { book, inFlight } = this.#options;
    if (active === undefined || !book.caughtUp) return;
    const now = nowMicros();
    for (const command of book.open(device)) {
      if (command.deadline <= now || lateCause(command)) continue;
      if (this.#isOurs(command, active)) {
        active.claiming.delete(command.id);
        if (!active.sent.has(command.id)) this.#send(command, active);
      } else if (this.#mayClaim(command, active) && active.claiming.size + active.session.inFlight < inFlight) {
        this.#claim(command, active);
      } else if (active.claiming.has(command.id) && command.status !== "requested") {
        // Somebody else was first.
        active.claiming.delete(command.id);
      }
    }
  }

  #isOurs(command: CommandState, { session }: ActiveSession): boolean {
    return (
      command.status === "claimed" &&
      command.claim?.gateway === this.#options.gateway &&
      command.claim.session === session.session
    );
  }

  #mayClaim(command: CommandState, active: ActiveSession): boolean {
    if (active.claimed.has(command.id)) return false;
    return command.status === "requested" || (command.status === "claimed" && command.redeliver);
  }

  #claim({ id, device }: CommandState, active: ActiveSession): void {
    active.claimed.add(id);
    active.claiming.add(id);
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
    // The identical claim again if its fate is unknown: the fold takes it once.
    retrying(() => log.append(topic, [record]), { signal: active.ended.signal, maxMs: 2000 }).catch(
      (error: unknown) => {
        active.claiming.delete(id);
        if (!active.ended.signal.aborted)
          logger.error({ err: error, device, command: id }, "a command could not be claimed");
      },
    );
  }

  #send(command: CommandState, active: ActiveSession): void {
    const { id, device, name, params, deadline } = command;
    const { intake, gateway, metrics, logger } = this.#options;
    active.sent.add(id);
    const head = JSON.stringify({ name, commandId: id, deadline: isoFromMicros(deadline) });
    // params is JSON text already.
    const payload = params === "" ? head : `${head.slice(0, -1)},"params":${params}}`;
    metrics.commands.labels({ what: "sent" }).inc();
    logger.debug({ device, command: id }, "a command was sent");
    active.session.send(id, payload, () => {
      metrics.commands.labels({ what: "delivered" }).inc();
      intake.command({ device, commandId: id, delivered: { gateway, session: active.session.session } }, "delivered");
      // There may be room for the next one.
      this.#dispatch(device);
    });
  }
}
