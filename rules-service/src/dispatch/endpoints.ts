import { Endpoint, type EndpointLimits, type Job } from "./endpoint.ts";

/** Endpoints that are named in health. */
const maxNamed = 10;

/** Every endpoint that something waits for, or that failed last. */
export class Endpoints {
  readonly #limits: EndpointLimits;
  readonly #onError: (error: unknown) => void;
  readonly #endpoints = new Map<string, Endpoint>();

  constructor(limits: EndpointLimits, onError: (error: unknown) => void) {
    this.#limits = limits;
    this.#onError = onError;
  }

  get waiting(): number {
    return [...this.#endpoints.values()].reduce((sum, { waiting }) => sum + waiting, 0);
  }

  get failing(): number {
    return [...this.#endpoints.values()].reduce((sum, { trouble }) => sum + (trouble === undefined ? 0 : 1), 0);
  }

  troubles(): string[] {
    return [...this.#endpoints.values()].flatMap(({ trouble }) => trouble ?? []).slice(0, maxNamed);
  }

  add(name: string, job: Job): void {
    let endpoint = this.#endpoints.get(name);
    if (endpoint === undefined) {
      this.#forgetIdle();
      endpoint = new Endpoint(name, this.#limits, this.#onError);
      this.#endpoints.set(name, endpoint);
    }
    endpoint.add(job);
  }

  dropAborted(): void {
    for (const endpoint of this.#endpoints.values()) endpoint.dropAborted();
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#endpoints.values()].map((endpoint) => endpoint.stop()));
  }

  /** Rules come and go: an endpoint that nothing waits for costs nothing but what it failed with. */
  #forgetIdle(): void {
    if (this.#endpoints.size < 1000) return;
    for (const [name, { waiting }] of this.#endpoints) if (waiting === 0) this.#endpoints.delete(name);
  }
}
