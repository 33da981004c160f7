import { expect, it } from "vitest";
import type { CommandSession } from "../commands/command-session.ts";
import type { OutboundMessage, RemoteBroker, Sending } from "./remote-broker.ts";
import { HeardDevices } from "./heard-devices.ts";

const hour = 3_600_000;

/** What was published, acknowledged by hand. */
class Line {
  most = Infinity;
  readonly published: string[] = [];
  readonly settlings: ((isAcked: boolean) => void)[] = [];
  readonly properties: OutboundMessage["properties"][] = [];
  publish({ topic, payload, qos, properties }: OutboundMessage, settled?: (isAcked: boolean) => void): Sending {
    if (String(payload).length > this.most) return "too-large";
    this.published.push(`${topic} ${String(payload)} ${qos}`);
    this.properties.push(properties);
    if (settled !== undefined) this.settlings.push(settled);
    return "awaited";
  }
}

function heardDevices(maxDevices = 100) {
  let now = 1_000 * hour;
  const open: CommandSession[] = [];
  const tooLarge: string[] = [];
  const heard = new HeardDevices({
    spec: {
      topic: "to/{device}/{commandId}",
      reply: "from/{device}/{commandId}",
      heardWithinMs: 24 * hour,
      maxDevices,
    },
    onSession: (session) => open.push(session),
    onTooLarge: (device, commandId) => tooLarge.push(`${device} ${commandId}`),
    onSessionEnd: (session) => open.splice(open.indexOf(session), 1),
    now: () => now,
  });
  const line = new Line();
  const connect = (name = "s1") => heard.connected(line as unknown as RemoteBroker, name);
  const names = () => open.map(({ device, session }) => `${device}@${session}`).toSorted();
  return { heard, line, connect, names, open, tooLarge, wait: (millis: number) => (now += millis) };
}

it("who was heard is reachable while the broker is connected, under the name of the connection", () => {
  const { heard, connect, names } = heardDevices();
  heard.heard("a");
  expect(names()).toEqual([]);
  connect("s1");
  heard.heard("b");
  heard.heard("b");
  expect(names()).toEqual(["a@s1", "b@s1"]);
  heard.disconnected();
  expect(names()).toEqual([]);
  connect("s2");
  expect(names()).toEqual(["a@s2", "b@s2"]);
});

it("who is silent for too long is not, until it is heard again", () => {
  const { heard, connect, names, wait } = heardDevices();
  connect();
  heard.heard("a");
  heard.heard("b");
  wait(23 * hour);
  heard.heard("b");
  wait(2 * hour);
  heard.sweep();
  expect(names()).toEqual(["b@s1"]);
  heard.heard("a");
  expect(names()).toEqual(["a@s1", "b@s1"]);
});

it("who says that it is gone is not, and is again by saying that it is there", () => {
  const { heard, connect, names } = heardDevices();
  connect();
  heard.heard("a");
  heard.said("a", false);
  heard.said("nobody", false);
  expect(names()).toEqual([]);
  heard.said("a", true);
  expect(names()).toEqual(["a@s1"]);
});

it("there are no more than configured: those not heard for longest give way", () => {
  const { heard, connect, names, wait } = heardDevices(10);
  connect();
  for (let i = 0; i < 25; i += 1) {
    heard.heard(`d${String(i).padStart(2, "0")}`);
    wait(1);
  }
  expect(heard.size).toBeLessThanOrEqual(10);
  expect(names().at(-1)).toBe("d24@s1");
});

it("what is known outlives the process, but not its time", () => {
  const { heard, wait } = heardDevices();
  heard.heard("old");
  wait(23 * hour);
  heard.heard("new");
  const next = heardDevices();
  next.wait(25 * hour);
  next.heard.restore(heard.all);
  next.connect();
  expect(next.names()).toEqual(["new@s1"]);
});

it("a command goes to the device's topic, once, and is in flight until the broker has it", () => {
  const { heard, line, connect, open } = heardDevices();
  connect();
  heard.heard("$&a");
  let acked = 0;
  open[0]!.send({ id: "c1", name: "x", params: "1", deadline: 1_000_000 }, () => (acked += 1));
  const payload = '{"name":"x","commandId":"c1","deadline":"1970-01-01T00:00:01.000000Z","params":1}';
  expect(line.published).toEqual([`to/$&a/c1 ${payload} 1`]);
  expect(line.properties).toMatchObject([
    { responseTopic: "from/$&a/c1", correlationData: Buffer.from("c1"), messageExpiryInterval: 1 },
  ]);
  expect([open[0]!.inFlight, acked]).toEqual([1, 0]);
  line.settlings[0]!(true);
  expect([open[0]!.inFlight, acked]).toEqual([0, 1]);
});

it("a command that was too late when the broker had room is in flight no more, and was not acknowledged", () => {
  const { heard, line, connect, open } = heardDevices();
  connect();
  heard.heard("a");
  open[0]!.send({ id: "c1", name: "x", params: "", deadline: 1_000_000 }, () => expect.unreachable());
  expect(open[0]!.inFlight).toBe(1);
  line.settlings[0]!(false);
  expect(open[0]!.inFlight).toBe(0);
});

it("a command that is larger than the broker takes is told, and is not in flight", () => {
  const { heard, line, connect, open, tooLarge } = heardDevices();
  connect();
  heard.heard("a");
  line.most = 100;
  const params = JSON.stringify("y".repeat(100));
  expect(open[0]!.send({ id: "c1", name: "x", params, deadline: 1_000_000 }, () => {})).toBe(false);
  expect(tooLarge).toEqual(["a c1"]);
  expect([open[0]!.inFlight, line.published]).toEqual([0, []]);
});
