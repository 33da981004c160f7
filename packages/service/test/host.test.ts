import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Type } from "@sinclair/typebox";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ConfigError, ResourceError } from "@headwater/core";
import {
  runHost,
  type HostedProcess,
  type HostedService,
  type OpenLog,
  type RunningProcess,
  type ServiceApp,
} from "../src/index.ts";

let folder: string;
let trace: string[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "headwater-host-"));
  trace = [];
});
afterEach(() => rmSync(folder, { recursive: true }));

/** A service that takes down what is done to it, with a setting of its own. */
function service(name: string, app: Partial<ServiceApp> = {}): HostedService {
  const env = `HEADWATER_${name.toUpperCase()}`;
  return {
    name,
    settings: Type.Object({ [name]: Type.Object({ colour: Type.String({ env, default: "none" }) }) }),
    create({ config, lifecycle, partitions, topics }) {
      const { colour } = (config as unknown as Record<string, { colour: string }>)[name]!;
      trace.push(`create ${name} ${colour} ${partitions} ${topics.telemetry}`);
      lifecycle.add(`store of ${name}`, { stop: () => void trace.push(`stop store of ${name}`) });
      return {
        name,
        notReady: () => [],
        died: new Promise<never>(() => {}),
        async start() {
          trace.push(`start ${name}`);
        },
        async stop() {
          trace.push(`stop ${name}`);
        },
        ...app,
      };
    },
    addresses: () => [`mqtt://${name}`],
  };
}

/** Runs until `whileReady` is over; the embedded log lies in the folder of the test. */
function run(
  process: Partial<HostedProcess> & Pick<HostedProcess, "services">,
  env: Record<string, string> = {},
  whileReady: (running: RunningProcess) => Promise<void> | void = () => {},
): Promise<void> {
  const stop = new AbortController();
  return runHost(
    {
      ...{ name: "test", title: "Test", mayEmbedLog: true },
      readyText(running) {
        trace.push("ready");
        void Promise.resolve(whileReady(running)).finally(() => stop.abort());
        return "ready in a test";
      },
      ...process,
    },
    {
      signal: stop.signal,
      env: { HEADWATER_DATA_DIR: folder, HEADWATER_HTTP_PORT: "0", HEADWATER_LOG_LEVEL: "silent", ...env },
    },
  );
}

describe("the host", () => {
  it("creates and starts services in their order, says where they are, and stops them in the opposite one", async () => {
    let seen: RunningProcess | undefined;
    await run({ services: [service("one"), service("two")] }, { HEADWATER_TWO: "red" }, (running) => {
      seen = running;
    });
    expect(trace).toEqual([
      "create one none 4 telemetry.v1",
      "create two red 4 telemetry.v1",
      "start one",
      "start two",
      "ready",
      "stop two",
      "stop one",
      "stop store of two",
      "stop store of one",
    ]);
    expect(seen).toMatchObject({ addresses: ["mqtt://one", "mqtt://two"], tokenFile: join(folder, "admin-token") });
    expect(seen?.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  });

  it("names the service that is not ready, where there are several", async () => {
    const reasons: unknown[] = [];
    const ask = async ({ url }: RunningProcess) => {
      reasons.push(((await (await fetch(`${url}/health/ready`)).json()) as { reasons: unknown }).reasons);
    };
    const late = service("late", { notReady: () => ["warming"] });
    await run({ services: [late] }, {}, ask);
    await run({ services: [late, service("other")] }, {}, ask);
    expect(reasons).toEqual([["warming"], ["late: warming"]]);
  });

  it("stops all services when one dies, and rejects with why", async () => {
    const { promise: died, reject } = Promise.withResolvers<never>();
    const services = [service("one"), service("dying", { died })];
    const running = run({ services }, {}, () => {
      reject(new ResourceError("the disk is full"));
      return new Promise(() => {});
    });
    await expect(running).rejects.toThrow("the disk is full");
    expect(trace.slice(-4)).toEqual(["stop dying", "stop one", "stop store of dying", "stop store of one"]);
  });

  it("closes what it opened when a service cannot be wired, and rejects with why", async () => {
    const broken: HostedService = {
      ...service("broken"),
      create() {
        throw new ConfigError("no such file");
      },
    };
    const openLog: OpenLog = async (open) => {
      const log = await open();
      const close = log.close.bind(log);
      log.close = () => {
        trace.push("close log");
        return close();
      };
      return { log, ready: async () => {} };
    };
    await expect(run({ services: [service("one"), broken], openLog })).rejects.toThrow("no such file");
    expect(trace).toEqual(["create one none 4 telemetry.v1", "stop store of one", "close log"]);
  });

  it("can be stopped while it waits for a log that does not come up", async () => {
    const stop = new AbortController();
    const host = {
      ...{ name: "test", title: "Test", mayEmbedLog: true, services: [service("one")] },
      openLog: () => {
        queueMicrotask(() => stop.abort());
        return new Promise<never>(() => {});
      },
    };
    await runHost(host, { signal: stop.signal, env: { HEADWATER_DATA_DIR: folder, HEADWATER_HTTP_PORT: "0" } });
    expect(trace).toEqual([]);
  });

  it("takes the embedded log only where every service is in the process", async () => {
    await expect(run({ services: [service("one")], mayEmbedLog: false })).rejects.toThrow(ConfigError);
    expect(trace).toEqual([]);
  });

  it("knows no setting of a service that is not in it", async () => {
    await expect(run({ services: [service("one")] }, { HEADWATER_TWO: "red" })).rejects.toThrow(/HEADWATER_TWO/);
  });
});
