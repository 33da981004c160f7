import { RawDevice } from "./raw-device.ts";

export interface ProvisioningAnswer {
  readonly device?: string;
  readonly status: string;
  readonly reason?: string;
}

/** A device that is not registered yet, with a provisioning key. */
export class NewDevice {
  readonly #raw: RawDevice;
  #listening = false;
  #asked = 0;

  private constructor(raw: RawDevice) {
    this.#raw = raw;
  }

  /** Throws RangeError with the return code if it is refused. */
  static async connect(port: number, key: string): Promise<NewDevice> {
    const raw = await RawDevice.connect(port, { username: "provision", password: key, clientId: "" });
    const [connack] = raw.heard;
    if (connack?.cmd !== "connack" || connack.returnCode !== 0)
      throw new RangeError(`refused with ${(connack as { returnCode?: number }).returnCode}`);
    return new NewDevice(raw);
  }

  async granted(...filters: string[]): Promise<readonly unknown[]> {
    const before = this.#raw.count("suback");
    this.#raw.send({
      cmd: "subscribe",
      messageId: 1,
      subscriptions: filters.map((topic) => ({ topic, qos: 1 })),
    });
    return ((await this.#raw.until("suback", before + 1)) as { granted: unknown[] }).granted;
  }

  async ask(request: object | string): Promise<ProvisioningAnswer> {
    if (!this.#listening) await this.granted("provision/response");
    this.#listening = true;
    this.askWithoutListening(request);
    const packet = await this.#raw.until("publish", this.#asked);
    return JSON.parse(String((packet as { payload: Buffer }).payload)) as ProvisioningAnswer;
  }

  askWithoutListening(request: object | string): void {
    this.#asked += 1;
    const payload = typeof request === "string" ? request : JSON.stringify(request);
    this.#raw.publish("provision/request", payload, { messageId: this.#asked });
  }

  publish(topic: string, payload: string): void {
    this.#raw.publish(topic, payload);
  }

  get closed(): Promise<void> {
    return this.#raw.closed;
  }

  close(): void {
    this.#raw.cut();
  }
}
