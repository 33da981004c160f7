import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createLogger } from "@headwater/service";
import { GatewayUnderTest } from "../../edge-gateway/test/gateway-under-test.ts";
import { pythonWith } from "../../scripts/servers/python-packages.ts";

const script = fileURLToPath(new URL("paho/paho_cases.py", import.meta.url));
const withinMs = 240_000;
const refusedFilter = "test/nosubscribe";

/** The cases of Eclipse Paho's suite, the basic one, redelivery and the will in parts of their own. */
const cases = [
  "basic",
  "second connect on a connection",
  "wrong protocol name",
  "retained messages",
  "offline message queueing",
  "will message",
  "no will after disconnect",
  "overlapping subscriptions",
  "keepalive",
  "redelivery on reconnect",
  "redelivery of ones own",
  "zero length client id",
  "subscribe failure",
  "dollar topics",
  "unsubscribe",
] as const;

/** Cases that the gateway does not pass, and why. One that is listed and passes fails, like one that is not listed. */
const exceptions: Readonly<Partial<Record<(typeof cases)[number], string>>> = {};

interface Outcome {
  readonly case: string;
  readonly wrong: string | null;
}

describe("Eclipse Paho's interoperability suite for MQTT 3.1.1", () => {
  let gateway: GatewayUnderTest;
  let outcomes: readonly Outcome[];
  /** What the gateway says meanwhile: whom it cuts, and why. */
  const log: string[] = [];

  beforeAll(async () => {
    const python = await pythonWith("paho-mqtt", () => {});
    const settings = {
      HEADWATER_MQTT_ANONYMOUS: "true",
      HEADWATER_ACL: JSON.stringify([{ deny: true, subscribe: [refusedFilter] }]),
    };
    const destination = { write: (line: string) => log.push(line) };
    const logger = createLogger({ component: "gateway", level: "debug", destination });
    gateway = await GatewayUnderTest.start(settings, { logger });
    const order = JSON.stringify({ port: gateway.app.mqttPort, refusedFilter });
    const { stdout } = await promisify(execFile)(python, [script, order], { timeout: withinMs });
    outcomes = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Outcome);
  }, withinMs);
  afterAll(() => gateway.stop());

  it.each(cases)("%s", (name) => {
    const { wrong } = outcomes.find((outcome) => outcome.case === name)!;
    const reason = exceptions[name];
    if (reason === undefined) expect(wrong, log.join("")).toBeNull();
    else expect(wrong, `listed as an exception, but it passes: ${reason}`).not.toBeNull();
  });

  it("no case is left out", () => {
    expect(outcomes.map((outcome) => outcome.case)).toEqual(cases);
  });
});
