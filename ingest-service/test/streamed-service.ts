import { TestGateway } from "./gateway.ts";
import { openBackends, startService, type TestService } from "./service.ts";
import { StreamListener } from "./stream-listener.ts";

type Backends = Awaited<ReturnType<typeof openBackends>>;

/** A service on a port of its own, whose live stream is listened to, and a gateway that writes what it tells. */
export class StreamedService {
  readonly backends: Backends;
  readonly gateway: TestGateway;
  service!: TestService;
  url!: string;

  private constructor(backends: Backends) {
    this.backends = backends;
    this.gateway = new TestGateway(backends.log);
  }

  static async start(): Promise<StreamedService> {
    const streamed = new StreamedService(await openBackends());
    await streamed.begin();
    return streamed;
  }

  /** Starts the service, again after `end`. */
  async begin(): Promise<void> {
    this.service = await startService({ ...this.backends, dataDir: this.backends.folder });
    ({ url: this.url } = await this.service.http.listen());
  }

  async end(): Promise<void> {
    await this.service.http.close();
    await this.service.app.stop();
  }

  async close(): Promise<void> {
    await this.end();
    await this.backends.close();
  }

  open(query: string, lastEventId?: string): Promise<StreamListener> {
    return StreamListener.open(this.url, query, lastEventId);
  }
}
