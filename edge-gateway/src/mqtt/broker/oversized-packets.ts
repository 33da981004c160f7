/** Devices that are named in the metric; more are counted together. */
const maxNamed = 50;
/** So long after the last such packet the device is still named in health. */
const troubleMs = 10 * 60_000;
/** In one line of health. */
const maxListed = 5;

interface Counter {
  labels(labels: { device: string }): { inc(): void };
}

/**
 * Devices that send packets larger than the gateway takes. Their connection is cut and the message stays
 * unacknowledged, so a device that does not give up sends it again for ever and nothing else of it gets through:
 * whoever runs it has to be told which one it is.
 */
export class OversizedPackets {
  readonly #counter: Counter;
  readonly #maxPacketBytes: number;
  readonly #named = new Set<string>();
  readonly #last = new Map<string, number>();

  constructor(counter: Counter, maxPacketBytes: number) {
    this.#counter = counter;
    this.#maxPacketBytes = maxPacketBytes;
  }

  /** `device` is "" for a client that has not logged in, or has no login. */
  add(device: string): void {
    if (this.#named.size < maxNamed) this.#named.add(device);
    this.#counter.labels({ device: this.#named.has(device) ? device : "others" }).inc();
    if (device === "") return;
    this.#last.delete(device);
    this.#last.set(device, performance.now());
    if (this.#last.size > maxNamed) this.#last.delete(this.#last.keys().next().value!);
  }

  get troubles(): readonly string[] {
    const since = performance.now() - troubleMs;
    const devices = [...this.#last].filter(([, at]) => at >= since).map(([device]) => device);
    if (devices.length === 0) return [];
    const listed = devices.slice(-maxListed).join(", ");
    const more = devices.length > maxListed ? ` and ${devices.length - maxListed} more` : "";
    return [
      `gateway: packets of ${listed}${more} are larger than ${this.#maxPacketBytes} bytes and are not taken; ` +
        "raise HEADWATER_MQTT_MAX_PACKET_BYTES or send less at once",
    ];
  }
}
