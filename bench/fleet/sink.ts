import { createServer, type Socket } from "node:net";

/**
 * As little of an MQTT broker as a generator of load needs: it takes everybody, acknowledges QoS 1 and keeps nothing.
 * Prints its port once it listens.
 */
const server = createServer((socket) => {
  socket.setNoDelay(true);
  socket.on("error", () => undefined);
  let rest: Buffer = Buffer.alloc(0);
  socket.on("data", (chunk: Buffer) => {
    rest = answer(socket, rest.length === 0 ? chunk : Buffer.concat([rest, chunk]));
  });
});
server.listen(0, "127.0.0.1", () => console.log(`port ${(server.address() as { port: number }).port}`));

const connack = Buffer.from([0x20, 2, 0, 0]);
const pingresp = Buffer.from([0xd0, 0]);
const types = { connect: 1, publish: 3, subscribe: 8, pingreq: 12 } as const;

/** Answers each whole packet; what is left of the last one is handed back. */
function answer(socket: Socket, bytes: Buffer): Buffer {
  const answers: Buffer[] = [];
  // Four bytes an acknowledgement: no more of them than packets of five bytes.
  const pubacks = Buffer.allocUnsafe(bytes.length);
  let written = 0;
  let at = 0;
  while (at + 2 <= bytes.length) {
    let [length, shift, body] = [0, 0, at + 1];
    let digit = 0x80;
    for (; digit >= 0x80 && body < bytes.length; shift += 7) {
      digit = bytes[body++]!;
      length |= (digit & 0x7f) << shift;
    }
    if (digit >= 0x80 || body + length > bytes.length) break;
    const first = bytes[at]!;
    const type = first >> 4;
    if (type === types.publish && (first & 0x06) !== 0) {
      const id = body + 2 + bytes.readUInt16BE(body);
      written = pubacks.writeUInt16BE(0x4002, written);
      written += bytes.copy(pubacks, written, id, id + 2);
    } else if (type === types.connect) answers.push(connack);
    else if (type === types.pingreq) answers.push(pingresp);
    else if (type === types.subscribe) answers.push(Buffer.from([0x90, 3, bytes[body]!, bytes[body + 1]!, 1]));
    at = body + length;
  }
  if (written > 0) answers.push(pubacks.subarray(0, written));
  if (answers.length > 0) socket.write(answers.length === 1 ? answers[0]! : Buffer.concat(answers));
  return bytes.subarray(at);
}
