import mqtt from "mqtt";
import { generate, parser as mqttParser } from "mqtt-packet";
import { readFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { PassThrough } from "node:stream";
import { expect, it } from "vitest";
import { tapStream } from "./mqtt-internals.ts";

it("mqtt.js is the version whose inside is known", () => {
  const file = new URL("../../../../node_modules/mqtt/package.json", import.meta.url);
  expect((JSON.parse(readFileSync(file, "utf8")) as { version: string }).version).toBe("5.16.0");
});

it("what a broker says goes through the tap; what the client says goes straight to the broker", async () => {
  const heard: string[] = [];
  const server = createServer((socket) => {
    const parser = mqttParser();
    parser.on("packet", ({ cmd }) => {
      heard.push(cmd);
      if (cmd === "connect") socket.write(generate({ cmd: "connack", returnCode: 0, sessionPresent: false }));
    });
    socket.on("data", (chunk) => parser.parse(chunk));
    socket.on("error", () => {});
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const client = mqtt.connect(`mqtt://127.0.0.1:${port}`, { manualConnect: true, reconnectPeriod: 0 });
  const tap = new PassThrough();
  const through: Buffer[] = [];
  tap.on("data", (chunk: Buffer) => through.push(chunk));
  let streams = 0;
  tapStream(client, tap, () => (streams += 1));
  const connected = new Promise<void>((resolve) => client.once("connect", () => resolve()));
  client.connect();
  await connected;
  expect([streams, heard, Buffer.concat(through).toString("hex")]).toEqual([1, ["connect"], "20020000"]);
  await client.endAsync(true);
  server.close();
});
