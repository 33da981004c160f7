import { ResourceError, sleep } from "@headwater/core";
import { readFileSync } from "node:fs";
import { copyFile, mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "../../scripts/servers/free-port.ts";
import { installed, runStep, type Progress } from "../../scripts/servers/install.ts";
import { requireTools } from "../../scripts/servers/required-tool.ts";
import { endProcesses, signalProcess, spawnServer, type ServerProcess } from "../../scripts/servers/server-process.ts";

export const goGatewayVersions = "mochi-mqtt 2.7.9 + franz-go 1.22.3 (Go)";

export interface GoGatewayOptions {
  readonly brokers: string;
  /** Where it writes; has to exist. */
  readonly topic: string;
  readonly dataDir: string;
  /** PUBACK once Kafka has acknowledged the record; otherwise at once, out of memory. */
  readonly ackAfterKafka: boolean;
}

/** A gateway in a hundred lines of Go. Nothing is durable before Kafka has it. */
export class GoGateway {
  readonly port: number;
  readonly #command: Parameters<typeof spawnServer>[0];
  #process!: ServerProcess;

  private constructor(port: number, command: Parameters<typeof spawnServer>[0]) {
    this.port = port;
    this.#command = command;
  }

  static async start({ brokers, topic, dataDir, ackAfterKafka }: GoGatewayOptions): Promise<GoGateway> {
    await mkdir(dataDir, { recursive: true });
    const port = await freePort();
    const gateway = new GoGateway(port, {
      name: "the gateway in Go",
      command: await goGatewayBinary((message) => console.error(message)),
      args: [
        ...["-brokers", brokers, "-topic", topic, "-listen", `127.0.0.1:${port}`],
        ...(ackAfterKafka ? ["-ack-after-kafka"] : []),
      ],
      logFile: join(dataDir, "server.log"),
      keepRunning: false,
    });
    await gateway.restart();
    return gateway;
  }

  get pid(): number {
    return this.#process.pid;
  }

  kill(): void {
    signalProcess(this.pid, "SIGKILL");
  }

  /** Also after kill(): on the same port. */
  async restart(): Promise<void> {
    const { logFile } = this.#command;
    const readyBefore = readyLines(logFile);
    this.#process = await spawnServer(this.#command);
    for (const deadline = performance.now() + 30_000; readyLines(logFile) === readyBefore;) {
      this.#process.assertRunning();
      if (performance.now() > deadline) throw new ResourceError(`the gateway in Go does not listen; see ${logFile}`);
      await sleep(20);
    }
  }

  async stop(): Promise<void> {
    await endProcesses([this.pid], `127.0.0.1:${this.port}`);
  }
}

function readyLines(logFile: string): number {
  try {
    return readFileSync(logFile, "utf8").match(/^ready /gm)?.length ?? 0;
  } catch {
    return 0;
  }
}

const sources = ["go.mod", "go.sum", "main.go"].map((name) => ({
  name,
  url: new URL(`go-gateway/${name}`, import.meta.url),
}));

/** Built once from its source here and its pinned modules. */
async function goGatewayBinary(progress: Progress): Promise<string> {
  const dir = await installed(
    {
      name: "go-gateway",
      pinFiles: sources.map(({ url }) => url),
      announce: "building the gateway in Go (seconds, once)",
      async install(target) {
        requireTools(["go"], "build the gateway in Go");
        const source = await mkdtemp(join(tmpdir(), "headwater-go-gateway-"));
        try {
          for (const { name, url } of sources) await copyFile(url, join(source, name));
          const args = ["build", "-mod=readonly", "-trimpath", "-o", join(target, "go-gateway"), "."];
          await runStep({ command: "go", args, cwd: source });
        } finally {
          await rm(source, { recursive: true, force: true });
        }
      },
    },
    progress,
  );
  return join(dir, "go-gateway");
}
