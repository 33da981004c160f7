import { createHistogram } from "node:perf_hooks";
import { parentPort, workerData } from "node:worker_threads";
import { fleetOf } from "../fleet/fleet.ts";
import { Random } from "../signals/random.ts";
import { opener } from "../mqtt/open-connection.ts";
import { DeviceLoad } from "./device-load.ts";
import { DueQueue } from "./due-queue.ts";
import type { LoadContext, LoadCounts } from "./load-context.ts";
import { loadFactor } from "./pace.ts";
import type { FromWorker, LoadWork, Refusal, ToWorker } from "./worker-protocol.ts";

/** A thread of the load: its devices on one schedule, which goes on however the broker does. */
const work = workerData as LoadWork;
const fleet = fleetOf(work.spec, work.folder);
const port = parentPort!;
const say = (message: FromWorker): void => port.postMessage(message);

/** Milliseconds between two looks at what is due. */
const tickMs = 1;
const progressMs = 250;

const now = (): number => performance.timeOrigin + performance.now();
const histogram = () => createHistogram({ lowest: 1, highest: 3_600_000_000, figures: 3 });
const counts: LoadCounts = {
  sent: 0,
  acked: 0,
  unconfirmed: 0,
  late: 0,
  repeated: 0,
  missing: 0,
  givenUp: 0,
  hostile: 0,
  bytes: 0,
  reconnects: 0,
  cuts: 0,
  commands: 0,
  repeatedCommands: 0,
  commandsAnswered: 0,
};
const ackLatency = histogram();
const commandLatency = histogram();
const recent = histogram();
const lag = histogram();
const due = new DueQueue();
const timers = new DueQueue();
const callbacks = new Map<number, () => void>();
let lastTimer = 0;
let beganAt = Infinity;
let endsAt = Infinity;
/** Latencies of what was due earlier are not counted. */
let measuredFrom = Infinity;
let scheduled = 0;
let isEnding = false;
let isDone = false;
let nextStorm = Infinity;
const stormRandom = new Random(work.seed, "storms");

/** Callbacks that the load waits for. */
let needed = 0;
const context: LoadContext = {
  now,
  beganAt: () => beganAt,
  open: opener(work.target),
  seed: work.seed,
  acked(due) {
    const micros = microsSince(due);
    recent.record(micros);
    if (due >= measuredFrom) ackLatency.record(micros);
  },
  commanded(due) {
    if (due >= measuredFrom) commandLatency.record(microsSince(due));
  },
  at(time, callback) {
    needed += 1;
    callAt(time, () => {
      needed -= 1;
      callback();
    });
  },
  during: (time, callback) => callAt(time, () => (isEnding ? undefined : callback())),
  expectedAlerts: fleet.expect.alerts ?? [],
  expectedCommands: fleet.expect.commands ?? [],
  keepsReadings: work.keepsReadings,
  counts,
};
const devices = work.devices.map(({ id, token, profile }, i) => {
  const isProbed = i < work.probes;
  const onSent = (seq: number, due: number): void => say({ type: "probe", device: id, seq, due });
  return new DeviceLoad({ id, token }, fleet.profiles[profile]!, context, isProbed ? onSent : undefined);
});

port.on("message", (message: ToWorker) => {
  if (message.type === "begin") begin(message.at, message.duration);
  else if (message.type === "stop") end();
  else finish();
});
void connectAll();
const ticking = setInterval(tick, tickMs);
const reporting = setInterval(report, progressMs);

async function connectAll(): Promise<void> {
  const began = now();
  for (let i = 0; i < devices.length && !isDone;) {
    const dueBy = Math.min(devices.length, Math.ceil(((now() - began) * work.connects) / 1_000) + 1);
    for (; i < dueBy; i++) devices[i]!.connect();
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

function refusals(): Refusal[] {
  return devices.flatMap(({ id, refused }) => (refused === undefined ? [] : [{ device: id, reason: refused }]));
}

function connected(): number {
  return devices.reduce((sum, device) => sum + (device.isConnected ? 1 : 0), 0);
}

function begin(at: number, duration: number): void {
  beganAt = at;
  endsAt = at + duration;
  measuredFrom = at + fleet.load.warmUp;
  for (const [i, device] of devices.entries()) due.push(at + device.firstDue(), i);
  for (const device of devices) device.begin();
  if (fleet.load.storms !== undefined) nextStorm = at + fleet.load.storms.every;
}

function microsSince(due: number): number {
  return Math.max(1, Math.round((now() - due) * 1_000));
}

function tick(): void {
  const time = now();
  runTimers(time);
  if (!isEnding) {
    storm(time);
    while (due.nextDue <= Math.min(time, endsAt)) {
      const at = due.nextDue;
      const who = due.pop();
      const device = devices[who]!;
      scheduled += 1;
      if (at >= measuredFrom) lag.record(microsSince(at));
      device.measure(at);
      due.push(at + device.interval(loadFactor(fleet.load, at - beganAt)), who);
    }
    if (time >= endsAt) end();
  } else if (!isDone && needed === 0 && devices.every(isThrough)) finish();
}

function isThrough(device: DeviceLoad): boolean {
  return device.pending === 0 && !device.isWaitingForCommand;
}

function callAt(time: number, callback: () => void): void {
  const timer = lastTimer++ & 0x7fff_ffff;
  callbacks.set(timer, callback);
  timers.push(time, timer);
}

function runTimers(time: number): void {
  while (timers.nextDue <= time) {
    const timer = timers.pop();
    const callback = callbacks.get(timer)!;
    callbacks.delete(timer);
    callback();
  }
}

/** Many connections are lost at once, as when an access point restarts. */
function storm(time: number): void {
  if (time < nextStorm) return;
  nextStorm += fleet.load.storms!.every;
  for (const device of devices) if (stormRandom.isIn(fleet.load.storms!.share)) device.cut();
}

let lastKeepAlive = 0;
function report(): void {
  const time = performance.now();
  if (time - lastKeepAlive > 1_000) {
    lastKeepAlive = time;
    for (const device of devices) device.keepAlive(time);
  }
  if (beganAt === Infinity) say({ type: "connected", connected: connected(), refused: refusals() });
  const pending = devices.reduce((sum, device) => sum + device.pending, 0);
  const [ackP50, ackP99] = recent.count > 0 ? [recent.percentile(50), recent.percentile(99)] : [0, 0];
  recent.reset();
  say({ type: "progress", progress: { counts: { ...counts }, connected: connected(), pending, ackP50, ackP99 } });
}

/** The schedule ends; what was sent is waited for. */
function end(): void {
  if (isEnding) return;
  isEnding = true;
  for (const device of devices) device.end();
}

function finish(): void {
  if (isDone) return;
  isDone = true;
  clearInterval(ticking);
  clearInterval(reporting);
  const refused = refusals();
  for (const device of devices) device.close();
  say({
    type: "done",
    done: {
      counts,
      ackLatency,
      commandLatency,
      lag,
      refused,
      scheduled,
      devices: devices.flatMap(({ measured }, i) =>
        measured.map(({ id, log, alerts, commands }) => ({
          id,
          profile: work.devices[i]!.profile,
          sent: log.take(),
          alerts: alerts.map(({ crossed }) => crossed),
          commands: commands.map(({ expected, received }) => ({ expected, received })),
        })),
      ),
    },
  });
  // Sockets get what was written to them before the thread ends.
  setTimeout(() => port.close(), 500);
}
