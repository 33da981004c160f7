import type { Profile } from "../fleet/profile.ts";
import { text } from "../mqtt/packets.ts";
import { Session } from "../mqtt/session.ts";
import { formats } from "../payloads/formats.ts";
import type { Readings } from "../payloads/payload.ts";
import { Random } from "../signals/random.ts";
import { CommandAnswers } from "./command-answers.ts";
import { Delivery, type Message } from "./delivery.ts";
import { DeviceClock } from "./device-clock.ts";
import { EdgeNodeLoad, measuredIds } from "./edge-node-load.ts";
import { MeasuredDevice } from "./measured-device.ts";
import { hostilePublish } from "./hostile.ts";
import { absencesOf } from "./absences.ts";
import type { LoadContext } from "./load-context.ts";

export interface Identity {
  readonly id: string;
  readonly token: string;
}

type OnSent = (seq: number, due: number) => void;

/** A device of a fleet on its connection: what it measures, when it sends that, and what becomes of it. */
export class DeviceLoad {
  readonly id: string;
  /** The device itself, and behind an edge node the devices that take turns with it. */
  readonly measured: readonly MeasuredDevice[];
  /** Why the broker has refused it last. */
  refused: string | undefined;
  /** Whether it has been connected at all. */
  hasConnected = false;
  readonly #profile: Profile;
  readonly #context: LoadContext;
  readonly #onSent: OnSent | undefined;
  readonly #random: Random;
  /** undefined: it is no edge node of Sparkplug. */
  readonly #edge: EdgeNodeLoad | undefined;
  #turn = 0;
  readonly #session: Session;
  readonly #topic: Buffer;
  readonly #clock: DeviceClock;
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
    this.#profile = profile;
    this.#context = context;
    this.#random = new Random(context.seed, id);
    this.measured = measuredIds(id, profile).map((each) => new MeasuredDevice(each, profile, context));
    const isEdgeNode = formats[profile.format].write === undefined;
    const edge = isEdgeNode ? new EdgeNodeLoad(id, profile, context.now) : undefined;
    this.#edge = edge;
    this.#topic = text(edge?.node.topic ?? profile.topic.replaceAll("{id}", id));
    this.#clock = new DeviceClock(profile.clock, this.#random);
    this.#delivery = new Delivery(profile.delivery, this.#random, context, (message) => this.#send(message));
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
      filters: [`devices/${id}/commands/+`, ...(edge?.node.filters ?? [])],
      will: edge && (() => edge.lastWill()),
      onLeft: edge && ((numbers) => (this.#backlog = [...edge.left(numbers), ...this.#backlog])),
      onConnected: () => this.#connected(),
      onDown: (reason, isRefused) => this.#down(reason, isRefused),
      onAcked: (seq) => this.#acked(seq),
      onMessage: (topic, payload) => this.#heard(topic, payload),
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
    return this.measured[0]!.commands.some((each) => each.isWaiting);
  }

  connect(): void {
    this.#session.connect();
  }

  /** The fleet begins: what a device does by itself from now on. */
  begin(): void {
    absencesOf(this.id, this.#profile, this.#random, this.#context, {
      cut: () => this.cut(),
      fail: () => this.#fail(),
      sleep: () => this.#sleep(),
      wake: () => this.#wake(),
    });
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
    const by = this.#turn;
    this.#turn = (by + 1) % this.measured.length;
    const readings = this.measured[by]!.measure(elapsed, due);
    if (readings === undefined || this.#random.isIn(delivery.missing)) {
      this.#context.counts.missing += 1;
      return;
    }
    this.#delivery.take({ time: Math.round(due + this.#clock.error(elapsed)), due, by, readings }, elapsed);
  }

  /** Nothing is measured any more; what was kept is sent. */
  end(): void {
    this.#isEnding = true;
    this.#delivery.end();
    if (this.#isAsleep) this.#wake();
  }

  close(): void {
    this.#isEnding = true;
    this.#leave();
  }

  cut(): void {
    if (!this.#session.isConnected) return;
    this.#context.counts.cuts += 1;
    this.#session.cut();
  }

  keepAlive(now: number): void {
    this.#session.keepAlive(now);
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
  #publish(message: Message): boolean {
    if (!this.#session.isConnected || this.#isAsleep) return false;
    const { time, due, by, readings } = message;
    const { counts } = this.#context;
    const { identity, delivery } = this.#profile;
    // What is written anew stays one that is acknowledged.
    const qos = message.seq === undefined ? this.#qos() : 1;
    if (!this.#session.hasRoom(qos)) return false;
    const device = this.measured[by]!;
    const seq = message.seq ?? device.log.count + 1;
    const all = identity === undefined ? readings : [...readings, [identity, seq] as const];
    const { topic, payload } = this.#written(message, all);
    const number = seq * this.measured.length + by;
    this.#session.publish(number, topic, payload, qos);
    if (message.seq !== undefined) device.log.repeated.push(seq);
    else this.#count(message, payload.length);
    if (qos === 0) {
      counts.unconfirmed += 1;
    } else {
      this.#dues.set(number, due);
      this.#edge?.sent(number, { time, due, by, readings, seq });
      if (this.#random.isIn(delivery.duplicates) && this.#session.publish(number, topic, payload, qos)) {
        counts.repeated += 1;
        device.log.repeated.push(seq);
      }
    }
    if (by === 0) this.#onSent?.(seq, due);
    return true;
  }

  #written({ time, by, seq }: Message, readings: Readings): { readonly topic: Buffer; readonly payload: Buffer } {
    const { format, payloadBytes } = this.#profile;
    if (this.#edge === undefined)
      return { topic: this.#topic, payload: formats[format].write!(time, readings, payloadBytes) };
    const { topic, payload } = this.#edge.node.data(by, time, readings, payloadBytes, seq !== undefined);
    return { topic: text(topic), payload };
  }

  #count({ time, due, by, readings }: Message, bytes: number): void {
    const { counts } = this.#context;
    const { log, alerts, commands } = this.measured[by]!;
    log.add(time, readings);
    counts.sent += 1;
    counts.bytes += bytes;
    for (const each of alerts) each.take(readings);
    // An edge node executes commands to itself alone.
    if (by === 0) for (const each of commands) each.sent(readings, due);
  }

  #qos(): 0 | 1 | 2 {
    const [zero, one] = this.#profile.qos;
    if (one === 1) return 1;
    const drawn = this.#random.next();
    return drawn < zero ? 0 : drawn < zero + one ? 1 : 2;
  }

  #acked(number: number): void {
    const due = this.#dues.get(number);
    // The number of an answer to a command, or the second copy of a message.
    if (due === undefined) return;
    this.#dues.delete(number);
    this.#edge?.acked(number);
    const devices = this.measured.length;
    this.measured[number % devices]!.log.ack(Math.floor(number / devices));
    this.#context.counts.acked += 1;
    this.#context.acked(due);
    if (this.#backlog.length > 0) this.#sendBacklog();
  }

  #received(name: string): void {
    for (const each of this.measured[0]!.commands) {
      const due = each.take(name);
      if (due !== undefined) this.#context.commanded(due);
    }
  }

  #sendBacklog(): void {
    let sent = 0;
    while (sent < this.#backlog.length && this.#publish(this.#backlog[sent]!)) sent += 1;
    if (sent > 0) this.#backlog = this.#backlog.slice(sent);
  }

  #heard(topic: string, payload: Buffer): void {
    if (this.#edge?.node.isAskedForBirths(topic, payload) === true) this.#edge.sayBirths(this.#session);
    else this.#commands.take(topic, payload);
  }

  #leave(): void {
    this.#edge?.sayDeath(this.#session);
    this.#session.disconnect();
  }

  #connected(): void {
    this.#edge?.sayBirths(this.#session);
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

  #sleep(): void {
    this.#isAsleep = true;
    this.#leave();
  }

  /** The connection is lost, and the device keeps what it measures. */
  #fail(): void {
    this.#isAsleep = true;
    if (this.#session.isConnected) this.#context.counts.cuts += 1;
    // Also a connection that is under way.
    this.#session.cut();
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
