import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { StreamGuard } from "./stream-guard.ts";
import type { Violation } from "./violations.ts";

const hex = (text: string) => Buffer.from(text.replaceAll(" ", ""), "hex");
const connectPacket = hex("10 0e 00 04 4d 51 54 54 05 02 00 00 00 00 01 63");
/** With a receive maximum of 3. */
const connack = hex("20 06 00 00 03 21 00 03");
/** PUBLISH of QoS 1 to "a". */
const published = 0x32;
const numbered = (id: number) => Buffer.of(published, 6, 0, 1, 0x61, 0, id, 0);
const unacknowledged: Buffer[] = [];
let mostUnacknowledged = 0;
let acknowledges = true;

function acknowledge(socket: Socket): void {
  const ids = unacknowledged.splice(0);
  socket.write(Buffer.concat(ids.map((id) => Buffer.concat([hex("40 02"), id]))));
}

let server: Server;
let port: number;
const cut: Violation[] = [];
const accepted: Socket[] = [];

beforeAll(async () => {
  server = createServer((socket) => {
    accepted.push(socket);
    const guard = new StreamGuard(socket, {
      limits: {
        ...{ maxPacketBytes: 1000, maxTopicBytes: 100, maxTopicLevels: 5, maxFilters: 3, maxClientIdBytes: 30 },
        ...{ maxUserProperties: 2, maxPropertyBytes: 300, speaksVersion5: true },
      },
      rates: { messagesPerSecond: 20, bytesPerSecond: 0, burstMs: 1000, patienceMs: 50 },
      maxUnsentBytes: 1000,
      onViolation: (_guard, violation) => {
        cut.push(violation);
        // A broker that does not know yet.
        process.nextTick(() => guard.stream.write(hex("d0 00"), () => answered()));
      },
      onSlowed: () => {},
      onDeferred: () => {},
      onCongested: () => {},
    });
    socket.on("readable", () => {
      for (;;) {
        const whole = socket.read() as Buffer | null;
        if (whole === null) return;
        if (whole[0] === connectPacket[0]) socket.write(connack);
        for (let at = 0; at < whole.length; at += whole[at + 1]! + 2) {
          if (whole[at] === published) unacknowledged.push(whole.subarray(at + 5, at + 7));
        }
        mostUnacknowledged = Math.max(mostUnacknowledged, unacknowledged.length);
        if (acknowledges && unacknowledged.length > 0) setTimeout(() => acknowledge(socket), 5);
      }
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  ({ port } = server.address() as AddressInfo);
});
afterAll(() => server.close());

let answered: () => void = () => {};

it("a client of MQTT 5 hears why it is cut, nothing after that, and the connection ends without an error", async () => {
  const late = new Promise<void>((resolve) => (answered = resolve));
  const client = connect({ port, host: "127.0.0.1" });
  const heard: Buffer[] = [];
  client.on("data", (chunk) => heard.push(chunk));
  client.write(connectPacket);
  await once(client, "data");
  const [socket] = accepted;
  const errors: unknown[] = [];
  socket!.on("error", (error) => errors.push(error));
  const closed = once(socket!, "close");
  // What passes before it in the same chunk makes no difference.
  client.write(hex("c0 00 c1 00"));
  await once(client, "close");
  await late;
  expect(Buffer.concat(heard)).toEqual(Buffer.concat([connack, hex("e0 01 81")]));
  expect(cut).toEqual(["reserved-flags"]);
  await closed;
  expect(errors).toEqual([]);
});

it("a client of MQTT 5 that sends too often without a pause hears so", async () => {
  answered = () => {};
  cut.length = 0;
  const client = connect({ port, host: "127.0.0.1" });
  const heard: Buffer[] = [];
  client.on("data", (chunk) => heard.push(chunk));
  client.write(connectPacket);
  await once(client, "data");
  answered = () => {};
  // Twenty go at once, and each further one waits.
  client.write(Buffer.concat(Array.from({ length: 100 }, () => hex("30 04 00 01 61 00"))));
  await once(client, "close");
  expect(Buffer.concat(heard)).toEqual(Buffer.concat([connack, hex("e0 01 96")]));
  expect(cut).toEqual(["rate-exceeded"]);
});

describe("a client of MQTT 5 that has more unacknowledged than it may", () => {
  const ids = Array.from({ length: 15 }, (_, index) => index + 1);

  it("is read at the pace of its acknowledgements", async () => {
    cut.length = 0;
    mostUnacknowledged = 0;
    const client = connect({ port, host: "127.0.0.1" });
    client.write(connectPacket);
    await once(client, "data");
    let heard = 0;
    const all = new Promise<void>((resolve) => {
      client.on("data", (chunk: Buffer) => {
        heard += chunk.length;
        if (heard === 4 * ids.length) resolve();
      });
    });
    client.write(Buffer.concat(ids.map(numbered)));
    await all;
    expect(mostUnacknowledged).toBe(3);
    expect(cut).toEqual([]);
    client.destroy();
  });

  it("is cut if none is acknowledged for a time", async () => {
    cut.length = 0;
    acknowledges = false;
    const client = connect({ port, host: "127.0.0.1" });
    const heard: Buffer[] = [];
    client.write(connectPacket);
    await once(client, "data");
    client.on("data", (chunk) => heard.push(chunk));
    client.write(Buffer.concat(ids.map(numbered)));
    await once(client, "close");
    expect(Buffer.concat(heard)).toEqual(hex("e0 01 93"));
    expect(cut).toEqual(["receive-maximum"]);
  });
});
