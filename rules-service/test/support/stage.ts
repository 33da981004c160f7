import { afterEach, beforeEach, expect } from "vitest";
import { silentLogger } from "@headwater/core";
import { events } from "@headwater/proto";
import { parsePosition } from "@headwater/service";
import type { ActionsConfig } from "../../src/config.ts";
import { eventually } from "@headwater/testkit/eventually";
import { createService, platform, quickConfig, stateRecords, type Platform, type Service } from "./harness.ts";
import { startReceiver, type Receiver } from "./receiver.ts";

/** What each test of a file has to itself; its members are there within tests. */
export interface Stage {
  readonly on: Platform;
  readonly rules: Service;
  readonly receiver: Receiver;
  readonly url: string;
  /** Starts another service on the same log after one that was stopped, by default with an empty folder. */
  start(dataDir?: string): Promise<void>;
  /** Stops the service and starts another on the same log, by default with an empty folder. */
  restart(dataDir?: string): Promise<void>;
  /** Lets log time go on, as what waits in groups sees it. */
  advance(ms: number): void;
  /** Resolves when what was written there, as its answer said, is in effect on every partition that it concerns. */
  inEffect(position: string): Promise<void>;
  /** A device as it now is; resolves when rules know of it. */
  register(id: string, fields: { type?: string; tags?: Record<string, string> }): Promise<void>;
}

/** Nothing is sent twice because an answer was slow. */
const quick: Partial<ActionsConfig> = {
  networks: ["127.0.0.0/8"],
  ...{ retryMs: 20, maxRetryMs: 40, breakerMs: 50, attemptMs: 60_000 },
};

/** For each test a log, a rules service on it, and a receiver of webhooks. */
export function stage(actions: () => Partial<ActionsConfig> = () => ({}), partitions = 2): Stage {
  let on: Platform;
  let rules: Service;
  let receiver: Receiver;
  let advanced = 0;
  const revisions = new Map<string, number>();
  const start = async (dataDir?: string): Promise<void> => {
    rules = await createService(on, quickConfig, silentLogger, { ...quick, ...actions() }, dataDir, {
      elapsedMicros: () => performance.now() * 1000 + advanced,
    });
    await rules.app.start();
  };
  beforeEach(async () => {
    revisions.clear();
    on = await platform(partitions);
    receiver = await startReceiver();
    await start();
  });
  afterEach(async () => {
    await rules.stop();
    await receiver.close();
    await on.close();
  });
  return {
    get on() {
      return on;
    },
    get rules() {
      return rules;
    },
    get receiver() {
      return receiver;
    },
    get url() {
      return `${receiver.url}/hook`;
    },
    advance(ms) {
      advanced += ms * 1000;
    },
    start,
    async restart(dataDir) {
      await rules.stop();
      await start(dataDir);
    },
    async inEffect(position) {
      const { topic, offset } = parsePosition(position);
      const concerned = topic === on.topics.rules ? on.partitions : 1;
      await eventually(async () => {
        const effective = (await stateRecords(on)).filter(
          (each) => each.effective?.topic === topic && each.effective.position === offset,
        );
        expect(new Set(effective.map(({ partition }) => partition)).size).toBe(concerned);
      });
    },
    async register(id, { type = "", tags = {} }) {
      const revision = (revisions.get(id) ?? 0) + 1;
      revisions.set(id, revision);
      const at = Date.now() * 1000;
      const value = events.device.encode({ id, revision, type, tags, createdAt: at, updatedAt: at });
      await on.log.append(on.topics.devices, [{ key: id, value }]);
      await eventually(async () => {
        const known = (await stateRecords(on)).flatMap(({ effective }) =>
          effective?.topic === on.topics.devices ? [events.device.decode(effective.record)] : [],
        );
        expect(known.some((each) => each.id === id && each.revision === revision)).toBe(true);
      });
    },
  };
}
