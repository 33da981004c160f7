import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Random } from "../signals/random.ts";
import { Hop } from "./hop.ts";

let echo: Server;
let hop: Hop;
let client: Socket;
let received: Buffer;

async function open(): Promise<Socket> {
  const socket = connect(hop.port, "127.0.0.1");
  socket.on("error", () => undefined);
  await once(socket, "connect");
  return socket;
}

function closed(socket: Socket): Promise<void> {
  return new Promise((resolve) => socket.once("close", () => resolve()));
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 5));
}

beforeEach(async () => {
  echo = createServer((socket) => socket.on("error", () => undefined).pipe(socket)).listen(0, "127.0.0.1");
  await once(echo, "listening");
  const target = { host: "127.0.0.1", port: (echo.address() as AddressInfo).port };
  hop = await Hop.start({ host: "127.0.0.1", port: 0 }, target, new Random(1));
  client = await open();
  received = Buffer.alloc(0);
  client.on("data", (chunk: Buffer) => (received = Buffer.concat([received, chunk])));
});
afterEach(async () => {
  client.destroy();
  await hop.stop();
  echo.close();
});

describe("a hop", () => {
  it("is transparent, in both directions and for much at once", async () => {
    const bytes = Buffer.from(Array.from({ length: 3_000_000 }, (_, i) => i % 251));
    client.write(bytes);
    await until(() => received.length >= bytes.length);
    expect(received.equals(bytes)).toBe(true);
  });

  it("delays each way, and keeps the order", async () => {
    hop.delayMs = 100;
    const begun = performance.now();
    for (const text of ["a", "b", "c"]) client.write(text);
    await until(() => received.length >= 3);
    expect(received.toString()).toBe("abc");
    expect(performance.now() - begun).toBeGreaterThan(190);
  });

  it("as a black hole lets nothing pass and tells nobody; later all of it arrives", async () => {
    hop.isBlackHole = true;
    client.write("lost?");
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect([received.length, client.destroyed]).toEqual([0, false]);
    hop.isBlackHole = false;
    await until(() => received.length >= 5);
    expect(received.toString()).toBe("lost?");
  });

  it("cuts what is connected, and refuses what comes while it is cut", async () => {
    client.write("x");
    await until(() => received.length >= 1);
    hop.isCut = true;
    hop.cut();
    await closed(client);
    const refused = connect(hop.port, "127.0.0.1").on("error", () => undefined);
    await closed(refused);
    hop.isCut = false;
    client = await open();
    client.write("y");
    expect(String((await once(client, "data"))[0])).toBe("y");
  });

  it("is as thin as it is told", async () => {
    hop.bytesPerSecond = 10_000;
    const begun = performance.now();
    client.write(Buffer.alloc(2_000));
    await until(() => received.length >= 2_000);
    expect(performance.now() - begun).toBeGreaterThan(140);
  });

  it("flips as many bits as it is told, on the way up alone", async () => {
    hop.flip(1);
    const bytes = Buffer.alloc(100);
    client.write(bytes);
    await until(() => received.length >= 100);
    const ones = [...received].reduce((sum, byte) => sum + byte.toString(2).replaceAll("0", "").length, 0);
    expect(ones).toBe(1);
    received = Buffer.alloc(0);
    client.write(bytes);
    await until(() => received.length >= 100);
    expect(received.equals(bytes)).toBe(true);
  });
});
