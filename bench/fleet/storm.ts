import type { Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { disconnect, packetTypes, subscribePacket } from "../raw-packets.ts";
import { dial, fleetDevice } from "./device.ts";
import { answerOrders } from "./task.ts";

export interface StormOrder {
  readonly port: number;
  readonly secret: string;
  readonly name: string;
  /** Devices that take turns; the next turn of one comes after its session has ended. */
  readonly devices: number;
  readonly perSecond: number;
  readonly seconds: number;
  /** How long a session lasts after its CONNACK. */
  readonly holdMs: number;
}

export interface StormAnswer {
  readonly attempted: number;
  readonly accepted: number;
  /** By what was heard: a CONNACK code, an error of the line, or nothing within the patience. */
  readonly failures: Readonly<Record<string, number>>;
  /** From when each was due until its CONNACK (milliseconds): it counts if this process or the gateway falls behind. */
  readonly latencies: readonly number[];
  /** How far behind its timetable the storm itself was, at most (milliseconds). */
  readonly late: number;
  readonly cpuMicros: number;
}

const patienceMs = 20_000;
const tickMs = 5;

// Open loop: connections are made by the clock, however long the gateway takes.
answerOrders(async (order: StormOrder): Promise<StormAnswer> => {
  const { perSecond, seconds } = order;
  const cpu = process.cpuUsage();
  const total = Math.round(perSecond * seconds);
  const state = { accepted: 0, ended: 0, failures: {} as Record<string, number>, latencies: [] as number[] };
  const began = performance.now();
  let late = 0;
  for (let made = 0; made < total;) {
    const now = performance.now();
    const due = Math.min(total, Math.floor(((now - began) * perSecond) / 1000) + 1);
    late = Math.max(late, now - (began + (made * 1000) / perSecond));
    for (; made < due; made += 1) visit(order, made, began + (made * 1000) / perSecond, state);
    await sleep(tickMs);
  }
  while (state.ended < total) await sleep(50);
  const { user, system } = process.cpuUsage(cpu);
  const { accepted, failures, latencies } = state;
  return { attempted: total, accepted, failures, latencies, late, cpuMicros: user + system };
});

interface State {
  accepted: number;
  ended: number;
  readonly failures: Record<string, number>;
  readonly latencies: number[];
}

/** One session: CONNECT, a subscription, a while, DISCONNECT. */
function visit({ port, secret, name, devices, holdMs }: StormOrder, index: number, dueAt: number, state: State): void {
  const device = fleetDevice(secret, name, index % devices);
  const socket: Socket = dial(port, device, index);
  let outcome: string | undefined;
  const patience = setTimeout(() => {
    outcome ??= "no CONNACK in time";
    socket.destroy();
  }, patienceMs);
  socket.on("error", (error: NodeJS.ErrnoException) => (outcome ??= error.code ?? "error"));
  socket.once("close", () => {
    clearTimeout(patience);
    state.ended += 1;
    if (outcome === "accepted") return;
    outcome ??= "closed without CONNACK";
    state.failures[outcome] = (state.failures[outcome] ?? 0) + 1;
  });
  socket.on("data", (chunk: Buffer) => {
    if (outcome !== undefined || chunk[0] !== packetTypes.connack) return;
    clearTimeout(patience);
    if (chunk[3] !== 0) {
      outcome = `CONNACK ${chunk[3]}`;
      return;
    }
    outcome = "accepted";
    state.accepted += 1;
    state.latencies.push(performance.now() - dueAt);
    socket.write(subscribePacket(1, [`devices/${device.id}/commands/+`], 1));
    setTimeout(() => socket.end(disconnect), holdMs);
  });
}
