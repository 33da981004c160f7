import { connect, type Socket } from "node:net";

/**
 * A closed-loop MQTT load from raw sockets: each connection keeps so many QoS 1 publishes in flight. Packets are built once and only the
 * packet identifier and a few digits change, so that the load costs little of the machine that it shares with what it measures.
 */
export interface LoadOptions {
  readonly port: number;
  readonly connections: number;
  readonly inFlight: number;
  readonly seconds: number;
  /** Name of device i, its topic and login. */
  readonly device: (index: number) => string;
  readonly password?: string;
}

export interface LoadResult {
  readonly acked: number;
  readonly seconds: number;
  /** When the first message was sent, and when the last one was acknowledged (milliseconds since the epoch). */
  readonly beganAt: number;
  readonly endedAt: number;
  /** Microseconds of this process a message. */
  readonly loadCpu: number;
}

export async function runLoad(options: LoadOptions): Promise<LoadResult> {
  const clients = await Promise.all(
    Array.from({ length: options.connections }, (_, index) => Client.connect(options, options.device(index))),
  );
  const cpu = process.cpuUsage();
  const began = performance.now();
  const beganAt = Date.now();
  for (const client of clients) client.begin();
  await new Promise((resolve) => setTimeout(resolve, options.seconds * 1000));
  for (const client of clients) client.stop();
  const seconds = (performance.now() - began) / 1000;
  await Promise.all(clients.map((client) => client.settled));
  const acked = clients.reduce((sum, client) => sum + client.acked, 0);
  const endedAt = Date.now();
  const { user, system } = process.cpuUsage(cpu);
  for (const client of clients) client.close();
  return { acked, seconds, beganAt, endedAt, loadCpu: (user + system) / acked };
}

/** Its digits change from message to message. */
export const payload = '{"temperature":21.57,"pressure":1013.2,"humidity":48.25}';

class Client {
  acked = 0;
  readonly settled: Promise<void>;
  readonly #socket: Socket;
  readonly #inFlight: number;
  readonly #packet: Buffer;
  readonly #idAt: number;
  readonly #digitsAt: number;
  #nextId = 1;
  #digits = 0;
  #open = 0;
  #running = true;
  #rest = 0;
  #settle!: () => void;

  private constructor(socket: Socket, device: string, inFlight: number) {
    this.#socket = socket;
    this.#inFlight = inFlight;
    this.settled = new Promise((resolve) => (this.#settle = resolve));
    const topic = `devices/${device}/telemetry`;
    this.#packet = publishPacket(topic, payload);
    this.#idAt = this.#packet.length - Buffer.byteLength(payload) - 2;
    this.#digitsAt = this.#packet.indexOf("21.57") + 3;
    socket.on("data", (chunk: Buffer) => this.#acks(chunk));
  }

  static async connect(options: LoadOptions, device: string): Promise<Client> {
    const socket = connect({ port: options.port, host: "127.0.0.1", noDelay: true });
    await new Promise<void>((resolve, reject) => {
      socket.once("error", reject);
      socket.once("connect", () => socket.write(connectPacket(device, options.password)));
      socket.once("data", (chunk: Buffer) => {
        if (chunk[0] === 0x20 && chunk[3] === 0) resolve();
        else reject(new RangeError(`CONNACK ${chunk.toString("hex")}`));
      });
    });
    return new Client(socket, device, options.inFlight);
  }

  begin(): void {
    this.#send(this.#inFlight);
  }

  stop(): void {
    this.#running = false;
    if (this.#open === 0) this.#settle();
  }

  close(): void {
    this.#socket.destroy();
  }

  /** PUBACKs are four bytes each; only their number counts. */
  #acks(chunk: Buffer): void {
    const bytes = chunk.length + this.#rest;
    const count = bytes >>> 2;
    this.#rest = bytes & 3;
    this.acked += count;
    this.#open -= count;
    if (this.#running) this.#send(count);
    else if (this.#open === 0) this.#settle();
  }

  #send(count: number): void {
    if (count === 0) return;
    const size = this.#packet.length;
    const bytes = Buffer.allocUnsafe(size * count);
    for (let i = 0; i < count; i += 1) {
      this.#packet.copy(bytes, i * size);
      bytes.writeUInt16BE(this.#nextId, i * size + this.#idAt);
      this.#nextId = this.#nextId === 65_535 ? 1 : this.#nextId + 1;
      bytes[i * size + this.#digitsAt] = 0x30 + (this.#digits % 10);
      bytes[i * size + this.#digitsAt + 1] = 0x30 + (Math.floor(this.#digits / 10) % 10);
      this.#digits += 1;
    }
    this.#open += count;
    this.#socket.write(bytes);
  }
}

function publishPacket(topic: string, payload: string): Buffer {
  const body = Buffer.concat([text(topic), Buffer.alloc(2), Buffer.from(payload)]);
  return Buffer.concat([Buffer.from([0x32]), remaining(body.length), body]);
}

function connectPacket(device: string, password: string | undefined): Buffer {
  const login = password === undefined ? [] : [text(device), text(password)];
  const clean = process.env["BENCH_LASTING_SESSIONS"] === undefined ? 0x02 : 0;
  const flags = password === undefined ? clean : 0xc0 | clean;
  const body = Buffer.concat([text("MQTT"), Buffer.from([4, flags, 0, 60]), text(`load-${device}`), ...login]);
  return Buffer.concat([Buffer.from([0x10]), remaining(body.length), body]);
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value);
  const length = Buffer.alloc(2);
  length.writeUInt16BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

function remaining(length: number): Buffer {
  const bytes: number[] = [];
  let rest = length;
  do {
    bytes.push((rest % 128) | (rest >= 128 ? 128 : 0));
    rest = Math.floor(rest / 128);
  } while (rest > 0);
  return Buffer.from(bytes);
}

if (process.argv[1]?.endsWith("mqtt-load.ts") === true) {
  const [port, connections, inFlight, seconds, password] = process.argv.slice(2);
  const result = await runLoad({
    port: Number(port),
    connections: Number(connections),
    inFlight: Number(inFlight),
    seconds: Number(seconds),
    device: (index) => `bench-${index}`,
    password: password === "" ? undefined : password,
  });
  console.log(JSON.stringify(result));
}
