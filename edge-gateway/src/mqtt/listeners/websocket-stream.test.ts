import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import { eventually } from "@headwater/testkit/eventually";
import { WebSocketStream } from "./websocket-stream.ts";

const chunk = 64 * 1024;
const chunks = 640;

describe("a WebSocket as a stream", () => {
  let server: WebSocketServer;
  let client: WebSocket;
  let stream: WebSocketStream;
  const violations: string[] = [];
  beforeEach(async () => {
    violations.length = 0;
    server = new WebSocketServer({ port: 0, host: "127.0.0.1", perMessageDeflate: false });
    await once(server, "listening");
    const accepted = once(server, "connection");
    client = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`, { perMessageDeflate: false });
    await once(client, "open");
    const [webSocket] = (await accepted) as [WebSocket];
    stream = new WebSocketStream(webSocket, (why) => violations.push(why));
    stream.on("error", () => {});
  });
  afterEach(() => {
    client.terminate();
    stream.destroy();
    server.close();
  });

  /** Resolves when the value has stayed as it is for a while. */
  async function settled(value: () => number): Promise<number> {
    for (let before = -1, same = 0; ;) {
      const now = value();
      same = now === before ? same + 1 : 0;
      if (same === 5) return now;
      before = now;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  it("a reader that does not read holds the client back; then everything is there", async () => {
    for (let i = 0; i < chunks; i += 1) client.send(Buffer.alloc(chunk, i));
    stream.read(0);
    const waiting = await settled(() => client.bufferedAmount);
    expect(waiting).toBeGreaterThan(chunk);
    expect(stream.readableLength).toBeLessThanOrEqual(4 * chunk);
    let bytes = 0;
    for await (const data of stream as AsyncIterable<Buffer>) {
      bytes += data.length;
      if (bytes === chunks * chunk) break;
    }
    expect(bytes).toBe(chunks * chunk);
  });

  it("a client that does not read holds the writer back; then everything arrives", async () => {
    client.pause();
    let taken = 0;
    const write = (): void => {
      if (taken === chunks) return;
      stream.write(Buffer.alloc(chunk), () => {
        taken += 1;
        write();
      });
    };
    write();
    expect(await settled(() => taken)).toBeLessThan(chunks);
    let bytes = 0;
    client.on("message", (data: Buffer) => (bytes += data.length));
    client.resume();
    await eventually(() => expect(bytes).toBe(chunks * chunk));
  });

  it("what is written together is one frame", async () => {
    const frames: Buffer[] = [];
    client.on("message", (data: Buffer) => frames.push(data));
    stream.cork();
    for (const text of ["a", "b", "c"]) stream.write(text);
    stream.uncork();
    await eventually(() => expect(frames.length).toBe(1));
    expect(String(frames[0])).toBe("abc");
  });

  it("its end is the connection's, and the other way round", async () => {
    const closed = once(client, "close");
    stream.destroy();
    expect((await closed)[0]).toBe(1000);
    expect(violations).toEqual([]);
  });

  it("a client that goes is heard of once what it sent has been read", async () => {
    for (let i = 0; i < 8; i += 1) client.send(Buffer.alloc(chunk));
    const closed = once(stream, "close");
    stream.resume();
    client.close();
    await closed;
  });

  it("writing to one that is closing fails nobody", async () => {
    client.close();
    await once(stream, "close");
    expect(stream.write("late")).toBe(false);
  });
});
