import type { Profile } from "../fleet/profile.ts";
import { text } from "../mqtt/packets.ts";
import { Session } from "../mqtt/session.ts";
import { formats } from "../payloads/formats.ts";
import { Random } from "../signals/random.ts";
import type { Signal, Value } from "../signals/signal.ts";
import { CommandAnswers } from "./command-answers.ts";
import { CommandExpectation } from "./command-expectation.ts";
import { Delivery, type Message } from "./delivery.ts";
import { MessageLog } from "./message-log.ts";
import { hostilePublish } from "./hostile.ts";
import { type Outage, siteOutages } from "./site-outages.ts";
import type { LoadContext } from "./load-context.ts";
import { Threshold } from "./threshold.ts";

export interface Identity {
  readonly id: string;
  readonly token: string;
}

type OnSent = (seq: number, due: number) => void;

/** A device of a fleet: what it measures, when it sends that, and what becomes of it. */
export class DeviceLoad {
  readonly id: string;
  readonly log: MessageLog;
  readonly alerts: readonly Threshold[];
  readonly commands: readonly CommandExpectation[];
  /** Why the broker has refused it last. */
  refused: string | undefined;
  /** Whether it has been connected at all. */
  hasConnected = false;
  readonly #profile: Profile;
  readonly #context: LoadContext;
  readonly #onSent: OnSent | undefined;
  readonly #random: Random;
  readonly #signals: readonly (readonly [string, Signal])[];
  readonly #session: Session;
  readonly #topic: Buffer;
  readonly #skew: number;
  readonly #jumpBy: number;
  /** When what was sent last by a number was due, for those that are not acknowledged yet. */
  readonly #dues = new Map<number, number>();
  readonly #commands: CommandAnswers;
  readonly #delivery: Delivery;
  /** Not sent yet, since the device is away. */
  #backlog: Message[] = [];
  #isAsleep = false;
  #isEnding = false;
  #retries = 0;

  /** `onSent`: of a device whose messages are looked up in the store meanwhile. */
  constructor({ id, token }: Identity, profile: Profile, context: LoadContext, onSent?: OnSent) {
    this.#onSent = onSent;
    this.id = id;
    this.log = new MessageLog(context.keepsReadings);
    this.#profile = profile;
    this.#context = context;
    this.#random = new Random(context.seed, id);
    this.#signals = profile.metrics.map(([name, maker]) => [name, maker(new Random(context.seed, id, name))]);
    this.#topic = text(profile.topic.replaceAll("{id}", id));
    this.#skew = this.#random.within(profile.clock.skew);
    this.#jumpBy = this.#random.within(profile.clock.jumpBy);
    this.#delivery = new Delivery(profile.delivery, this.#random, context, (message) => this.#send(message));
    this.alerts = context.expectedAlerts.map((each) => new Threshold(each));
    this.commands = context.expectedCommands.map((each) => new CommandExpectation(each));
    const reply = (topic: string, payload: string): void =>
      void this.#session.publish(0, text(topic), Buffer.from(payload), 1);
    const onCommand = (name: string): void => this.#received(name);
    this.#commands = new CommandAnswers(id, profile.commands, this.#random, context, reply, onCommand);
    this.#session = new Session({
      open: context.open,
      version: profile.mqttVersion,
      clientId: id,
      username: id,
      password: token,
      cleanSession: profile.connection.cleanSession,
      keepAlive: Math.min(65_535, Math.ceil(profile.connection.keepAlive / 1_000)),
      filter: `devices/${id}/commands/+`,
      onConnected: () => this.#connected(),
      onDown: (reason, isRefused) => this.#down(reason, isRefused),
      onAcked: (seq) => this.#acked(seq),
      onMessage: (topic, payload) => this.#commands.take(topic, payload),
    });
  }

  get isConnected(): boolean {
    return this.#session.isConnected;
  }

  /** Messages that are neither acknowledged nor given up. */
  get pending(): number {
    return this.#session.inFlight + this.#backlog.length + this.#delivery.held;
  }

  /** Whether its values have called for a command that is not here yet. */
  get isWaitingForCommand(): boolean {
    return this.commands.some((each) => each.isWaiting);
  }

  connect(): void {
    this.#session.connect();
  }

  /** The fleet begins: what a device does by itself from now on. */
  begin(): void {
    const { cut, sleep, outages } = this.#profile.connection;
    if (cut !== undefined) this.#cutAgain();
    if (outages !== undefined) this.#failWith(siteOutages(this.#context.seed, this.#profile, this.id));
    if (sleep !== undefined) this.#sleepAfter(this.#random.next() * sleep.awake);
  }

  /** Milliseconds until the next message, `factor` times as fast as usual. */
  interval(factor: number): number {
    const mean = 1_000 / (this.#profile.rate * factor);
    return this.#profile.isPoisson ? -Math.log(1 - this.#random.next()) * mean : mean;
  }

  /** Somewhere within the first interval, so that not all devices of a fleet send at once. */
  firstDue(): number {
    return this.#random.next() * this.interval(1);
  }

  /** A message is due now. */
  measure(due: number): void {
    const { delivery, hostile } = this.#profile;
    if (hostile !== undefined) {
      this.#context.counts.hostile += 1;
      hostilePublish(hostile, this.#session, this.#topic, this.#random);
      return;
    }
    const elapsed = due - this.#context.beganAt();
    const readings: (readonly [string, Value])[] = [];
    for (const [name, signal] of this.#signals) {
      const value = signal.next(elapsed, due);
      if (value !== undefined) readings.push([name, value]);
    }
    if ((readings.length === 0 && this.#signals.length > 0) || this.#random.isIn(delivery.missing)) {
      this.#context.counts.missing += 1;
      return;
    }
    this.#delivery.take({ time: Math.round(due + this.#clockError(elapsed)), due, readings }, elapsed);
  }

  /** Nothing is measured any more; what was kept is sent. */
  end(): void {
    this.#isEnding = true;
    this.#delivery.end();
    if (this.#isAsleep) this.#wake();
  }

  close(): void {
    this.#isEnding = true;
    this.#session.disconnect();
  }

  cut(): void {
    if (!this.#session.isConnected) return;
    this.#context.counts.cuts += 1;
    this.#session.cut();
  }

  keepAlive(now: number): void {
    this.#session.keepAlive(now);
  }

  #clockError(elapsed: number): number {
    const { drift, jumpAt } = this.#profile.clock;
    return this.#skew + (elapsed * drift) / 1e6 + (elapsed >= jumpAt ? this.#jumpBy : 0);
  }

  #send(message: Message): void {
    if (this.#backlog.length > 0 || !this.#publish(message)) this.#keepForLater(message);
  }

  #keepForLater(message: Message): void {
    this.#backlog.push(message);
    if (this.#backlog.length <= this.#profile.connection.buffer) return;
    this.#backlog.shift();
    this.#context.counts.givenUp += 1;
  }

  /** Whether it went out. Its number is that of its turn, so that what comes in another order was reordered. */
  #publish({ time, due, readings }: Message): boolean {
    if (!this.#session.isConnected || this.#isAsleep) return false;
    const { counts } = this.#context;
    const { identity, format, payloadBytes, delivery } = this.#profile;
    const qos = this.#qos();
    const seq = this.log.count + 1;
    const all = identity === undefined ? readings : [...readings, [identity, seq] as const];
    const payload = formats[format].write(time, all, payloadBytes);
    if (!this.#session.publish(seq, this.#topic, payload, qos)) return false;
    this.log.add(time, readings);
    counts.sent += 1;
    counts.bytes += payload.length;
    for (const each of this.alerts) each.take(readings);
    for (const each of this.commands) each.sent(readings, due);
    if (qos === 0) {
      counts.unconfirmed += 1;
    } else {
      this.#dues.set(seq, due);
      if (this.#random.isIn(delivery.duplicates) && this.#session.publish(seq, this.#topic, payload, qos)) {
        counts.repeated += 1;
        this.log.repeated.push(seq);
      }
    }
    this.#onSent?.(seq, due);
    return true;
  }

  #qos(): 0 | 1 | 2 {
    const [zero, one] = this.#profile.qos;
    if (one === 1) return 1;
    const drawn = this.#random.next();
    return drawn < zero ? 0 : drawn < zero + one ? 1 : 2;
  }

  #acked(seq: number): void {
    const due = this.#dues.get(seq);
    // The number of an answer to a command, or the second copy of a message.
    if (due === undefined) return;
    this.#dues.delete(seq);
    this.log.ack(seq);
    this.#context.counts.acked += 1;
    this.#context.acked(due);
    if (this.#backlog.length > 0) this.#sendBacklog();
  }

  #received(name: string): void {
    for (const each of this.commands) {
      const due = each.take(name);
      if (due !== undefined) this.#context.commanded(due);
    }
  }

  #sendBacklog(): void {
    let sent = 0;
    while (sent < this.#backlog.length && this.#publish(this.#backlog[sent]!)) sent += 1;
    if (sent > 0) this.#backlog = this.#backlog.slice(sent);
  }

  #connected(): void {
    if (this.hasConnected) this.#context.counts.reconnects += 1;
    this.hasConnected = true;
    this.refused = undefined;
    this.#retries = 0;
    this.#sendBacklog();
  }

  #down(reason: string, isRefused: boolean): void {
    if (isRefused || !this.hasConnected) this.refused = reason;
    if (this.#isAsleep || (this.#isEnding && this.pending === 0)) return;
    const wait = Math.min(10_000, 100 * 2 ** this.#retries++) * (0.5 + this.#random.next());
    this.#context.at(this.#context.now() + wait, () => {
      if (!this.#isAsleep) this.#session.connect();
    });
  }

  #cutAgain(): void {
    const wait = this.#random.within(this.#profile.connection.cut!);
    this.#context.during(this.#context.now() + wait, () => {
      this.cut();
      this.#cutAgain();
    });
  }

  /** Its site fails: the connection is lost, and the device keeps what it measures until the site is back. */
  #failWith(outages: Iterator<Outage, never>): void {
    const { from, to } = outages.next().value;
    const began = this.#context.beganAt();
    this.#context.during(began + from, () => {
      this.#isAsleep = true;
      if (this.#session.isConnected) this.#context.counts.cuts += 1;
      // Also a connection that is under way.
      this.#session.cut();
      this.#context.during(began + to, () => {
        this.#wake();
        this.#failWith(outages);
      });
    });
  }

  #sleepAfter(wait: number): void {
    const { every, awake } = this.#profile.connection.sleep!;
    this.#context.during(this.#context.now() + wait, () => {
      this.#isAsleep = true;
      this.#session.disconnect();
      this.#context.during(this.#context.now() + every - awake, () => {
        this.#wake();
        this.#sleepAfter(awake);
      });
    });
  }

  #wake(): void {
    const now = this.#context.now();
    this.#isAsleep = false;
    // It was the device that was away: its messages are due now that it is back.
    this.#backlog = this.#backlog.map((message) => ({ ...message, due: now }));
    if (this.#session.isConnected) this.#sendBacklog();
    else this.#session.connect();
  }
}
