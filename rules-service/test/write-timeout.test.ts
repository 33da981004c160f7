import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { CrashableLog } from "./support/crashable-log.ts";
import {
  enableRule,
  hotRule,
  platform,
  quickConfig,
  createService,
  type Answer,
  type Platform,
  type Service,
} from "./support/harness.ts";
import { eventually } from "@headwater/testkit/eventually";

let on: Platform;
let log: CrashableLog;
let rules: Service;
let alert: string;

async function start(writeTimeoutMs: number): Promise<void> {
  log = new CrashableLog(on.log);
  rules = await createService({ ...on, log }, { ...quickConfig, writeTimeoutMs });
  await rules.app.start();
  await enableRule(rules, hotRule("hot"));
  await on.fleet.send("boiler-1", [95]);
  alert = await eventually(async () => {
    const { body } = await rules.call("GET", "/api/v1/alerts");
    expect(body.items).toHaveLength(1);
    return body.items[0].id as string;
  });
  log.isAway = true;
}

function writes(): Promise<Answer>[] {
  return [
    rules.call("PUT", "/api/v1/rules/hot", hotRule("hot", { name: "Hot" })),
    rules.call("POST", `/api/v1/alerts/${alert}/acknowledge`),
  ];
}

beforeEach(async () => {
  on = await platform();
});

afterEach(async () => {
  log.isAway = false;
  await rules.stop();
  await on.close();
});

describe("a write while the log is away", () => {
  it("lands when the log is back within the write timeout", async () => {
    await start(20_000);
    const answers = writes();
    // Five attempts with backoff between them take at most 1.5 s.
    await new Promise((resolve) => setTimeout(resolve, 1700));
    log.isAway = false;
    expect((await Promise.all(answers)).map(({ status }) => status)).toEqual([200, 200]);
  });

  it("answers 503 after the write timeout, not before", async () => {
    await start(2500);
    const began = performance.now();
    const answers = await Promise.all(
      writes().map(async (answer) => {
        const { status, body } = await answer;
        return { status, code: body.code as string, isEarly: performance.now() - began < 2490 };
      }),
    );
    const expected = { status: 503, code: "log-unavailable", isEarly: false };
    expect(answers).toEqual([expected, expected]);
  });
});
