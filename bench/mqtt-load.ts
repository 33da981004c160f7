import { connect, type Socket } from "node:net";
import { connectPacket, publishPacket, type Version } from "./raw-packets.ts";

/**
 * A closed-loop MQTT load from raw sockets: each connection keeps so many QoS 1 publishes in flight. Packets are built
 * once and only the packet identifier and a few digits change, so that the load costs little of the machine that it
 * shares with what it measures.
 */
export interface LoadOptions {
  readonly port: number;
  readonly connections: number;
  readonly inFlight: number;
  readonly seconds: number;
  /** Name of device i, its topic and login. */
  readonly device: (index: number) => string;
  readonly password?: string;
  /** Each message of a device has its number in it (`seq`), instead of two digits that change. */
  readonly numbered?: boolean;
  /** Default: 4, MQTT 3.1.1. */
  readonly version?: Version;
}

export interface LoadResult {
  readonly acked: number;
  /** Of each device. Acknowledgements come in the order of the messages (MQTT 3.1.1, 4.6): they are its first ones. */
  readonly ackedBy: readonly number[];
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
  const ackedBy = clients.map((client) => client.acked);
  return { acked, ackedBy, seconds, beganAt, endedAt, loadCpu: (user + system) / acked };
}

/** Its digits change from message to message. */
export const payload = '{"temperature":21.57,"pressure":1013.2,"humidity":48.25}';

/** The `seq` of the first message of a device less one: seven digits, as long as there are fewer than nine million. */
export const firstNumber = 1_000_000;
const numberedPayload = payload.replace("{", `{"seq":${firstNumber},`);

class Client {
  acked = 0;
  readonly settled: Promise<void>;
  readonly #socket: Socket;
  readonly #inFlight: number;
  readonly #packet: Buffer;
  readonly #idAt: number;
  /** Of the last digit that changes. */
  readonly #digitAt: number;
  readonly #digitCount: number;
  #nextId = 1;
  #digits = 0;
  #open = 0;
  #running = true;
  #rest = 0;
  #settle!: () => void;

  private constructor(socket: Socket, device: string, inFlight: number, numbered: boolean, version: Version) {
    this.#socket = socket;
    this.#inFlight = inFlight;
    this.settled = new Promise((resolve) => (this.#settle = resolve));
    const topic = `devices/${device}/telemetry`;
    const text = numbered ? numberedPayload : payload;
    this.#packet = publishPacket(topic, text, version);
    // In MQTT 5 the length of the properties stands between: none.
    this.#idAt = this.#packet.length - Buffer.byteLength(text) - (version === 5 ? 3 : 2);
    this.#digitCount = numbered ? 7 : 2;
    this.#digitAt = numbered ? this.#packet.indexOf(String(firstNumber)) + 6 : this.#packet.indexOf("21.57") + 4;
    if (numbered) this.#digits = firstNumber + 1;
    socket.on("data", (chunk: Buffer) => this.#acks(chunk));
    // What it is connected to may be killed: what was acknowledged until then is what counts.
    socket.on("error", () => {});
    socket.once("close", () => {
      this.#running = false;
      this.#settle();
    });
  }

  static async connect(options: LoadOptions, device: string): Promise<Client> {
    const socket = connect({ port: options.port, host: "127.0.0.1", noDelay: true });
    await new Promise<void>((resolve, reject) => {
      socket.once("error", reject);
      socket.once("connect", () => socket.write(connectFor(device, options)));
      socket.once("data", (chunk: Buffer) => {
        if (chunk[0] === 0x20 && chunk[3] === 0) resolve();
        else reject(new RangeError(`CONNACK ${chunk.toString("hex")}`));
      });
    });
    return new Client(socket, device, options.inFlight, options.numbered ?? false, options.version ?? 4);
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
      let rest = this.#digits;
      for (let at = i * size + this.#digitAt, left = this.#digitCount; left > 0; left -= 1, at -= 1) {
        bytes[at] = 0x30 + (rest % 10);
        rest = Math.floor(rest / 10);
      }
      this.#digits += 1;
    }
    this.#open += count;
    this.#socket.write(bytes);
  }
}

function connectFor(device: string, { password, version = 4 }: LoadOptions): Buffer {
  return connectPacket({
    version,
    clientId: `load-${device}`,
    ...(password === undefined ? {} : { login: { username: device, password } }),
    cleanSession: process.env["BENCH_LASTING_SESSIONS"] === undefined,
  });
}

if (process.argv[1]?.endsWith("mqtt-load.ts") === true) {
  const [port, connections, inFlight, seconds, password, numbered, version] = process.argv.slice(2);
  const result = await runLoad({
    port: Number(port),
    connections: Number(connections),
    inFlight: Number(inFlight),
    seconds: Number(seconds),
    device: (index) => `bench-${index}`,
    password: password === "" ? undefined : password,
    numbered: numbered === "numbered",
    version: version === "5" ? 5 : 4,
  });
  console.log(JSON.stringify(result));
}
