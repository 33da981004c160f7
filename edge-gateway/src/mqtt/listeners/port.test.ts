import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Socket } from "node:net";
import { afterEach, expect, it } from "vitest";
import type { ListenerPlan } from "./listener-plan.ts";
import { Port } from "./port.ts";

const plan = (port: number, host = "127.0.0.1"): ListenerPlan => ({
  transport: "tls",
  host,
  port,
  portSetting: "THE_PORT",
  hostSetting: "THE_HOST",
  proxied: false,
});
const stopped: { stop(): void }[] = [];
afterEach(() => {
  for (const { stop } of stopped.splice(0)) stop();
});

function port(of: ListenerPlan, onSocket: (socket: Socket) => void = (socket) => socket.destroy()): Port {
  const made = new Port(of, onSocket);
  stopped.push({ stop: () => made.stop() });
  return made;
}

it("lets several connections in while its event loop is busy", async () => {
  let accepted = 0;
  const listening = port(plan(0), (socket) => {
    accepted += 1;
    socket.destroy();
  });
  await listening.listen();
  const sockets = Array.from({ length: 200 }, () => connect(listening.number, "127.0.0.1").on("error", () => {}));
  await Promise.all(sockets.map((socket) => once(socket, "connect")));
  let turns = 0;
  for (; accepted < sockets.length && turns < 1000; turns += 1) await new Promise((resolve) => setImmediate(resolve));
  expect(accepted).toBe(sockets.length);
  // One a turn would be 200 of them; where ports cannot be shared there is no more to be had.
  if (process.platform === "linux") expect(turns).toBeLessThan(150);
  for (const socket of sockets) socket.destroy();
});

it("that another has is not shared with it, be it another gateway's", async () => {
  const foreign = createServer().listen(0, "127.0.0.1");
  await once(foreign, "listening");
  stopped.push({ stop: () => foreign.close() });
  const taken = (foreign.address() as AddressInfo).port;
  await expect(port(plan(taken)).listen()).rejects.toThrow(
    `MQTT port ${taken} (tls) on 127.0.0.1 is in use; stop what listens there or set THE_PORT to a free port`,
  );
  const first = port(plan(0));
  await first.listen();
  await expect(port(plan(first.number)).listen()).rejects.toThrow(/is in use/);
});

it("on an address that is not this machine's cannot be had", async () => {
  await expect(port(plan(0, "192.0.2.1")).listen()).rejects.toThrow(/no such address; set THE_HOST to one that it has/);
});

it("takes nothing more once it has stopped", async () => {
  const listening = port(plan(0));
  await listening.listen();
  const { number } = listening;
  listening.stop();
  const socket = connect(number, "127.0.0.1");
  const [error] = (await once(socket, "error")) as [NodeJS.ErrnoException];
  expect(error.code).toBe("ECONNREFUSED");
});
