import { connect } from "node:net";

const REQUEST_TIMEOUT_MS = 2_000;
const METADATA = { key: 3, version: 1 } as const;
const FIND_COORDINATOR = { key: 10, version: 0 } as const;

/**
 * True once the broker at this port names `brokers` brokers and a controller, and has a group coordinator.
 * Asking for a coordinator makes Kafka create its offsets topic, which otherwise costs the first
 * consumer group some seconds. Spoken on a bare socket: the scripts stay free of a client library.
 */
export async function kafkaAnswers(port: number, brokers: number): Promise<boolean> {
  const noTopics = Buffer.alloc(4);
  const metadata = new Reader(await request(port, METADATA, noTopics));
  const named = metadata.int32();
  for (let i = 0; i < named; i++) {
    metadata.int32();
    metadata.string();
    metadata.int32();
    metadata.string();
  }
  const controller = metadata.int32();
  if (named < brokers || controller < 0) return false;
  const coordinator = new Reader(await request(port, FIND_COORDINATOR, string("headwater-readiness")));
  return coordinator.int16() === 0;
}

function request(port: number, api: { key: number; version: number }, body: Buffer): Promise<Buffer> {
  const header = Buffer.alloc(8);
  header.writeInt16BE(api.key, 0);
  header.writeInt16BE(api.version, 2);
  const message = Buffer.concat([header, string("headwater-servers"), body]);
  const size = Buffer.alloc(4);
  size.writeInt32BE(message.length);

  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: "127.0.0.1" });
    let received = Buffer.alloc(0);
    socket.setTimeout(REQUEST_TIMEOUT_MS, () => socket.destroy(new Error("no answer from Kafka")));
    socket.on("connect", () => socket.write(Buffer.concat([size, message])));
    socket.on("error", reject);
    socket.on("close", () => reject(new Error("Kafka closed the connection")));
    socket.on("data", (chunk) => {
      received = Buffer.concat([received, chunk]);
      if (received.length < 4 || received.length < 4 + received.readInt32BE(0)) return;
      // Past the size and the correlation id.
      resolve(received.subarray(8));
      socket.destroy();
    });
  });
}

function string(text: string): Buffer {
  const bytes = Buffer.from(text);
  const length = Buffer.alloc(2);
  length.writeInt16BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

class Reader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  int16(): number {
    this.#at += 2;
    return this.#bytes.readInt16BE(this.#at - 2);
  }

  int32(): number {
    this.#at += 4;
    return this.#bytes.readInt32BE(this.#at - 4);
  }

  string(): string | null {
    const length = this.int16();
    if (length < 0) return null;
    this.#at += length;
    return this.#bytes.toString("utf8", this.#at - length, this.#at);
  }
}
