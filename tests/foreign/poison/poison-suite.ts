import { RecordRefusedError } from "@headwater/event-log";
import { eventually } from "@headwater/testkit/eventually";
import mqtt from "mqtt";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Poisonable, type OpenedLog } from "./poisonable.ts";
import { poisons, roles } from "./poisons.ts";

const device = "kettle";
const rule = {
  id: "hot",
  condition: { metric: "temperature", op: ">", threshold: 90, clearBelow: 80 },
  severity: "critical",
};

interface Items<T> {
  readonly items: readonly T[];
}

/**
 * Every topic with records that no reader can use, whoever wrote them: nothing ends, before a restart, after it and
 * with everything folded anew, and what can be read goes on.
 */
export function poisonSuite(name: string, open: () => Promise<OpenedLog>): void {
  describe(`poison in every topic, on ${name}`, () => {
    let on: Poisonable;
    let token: string;
    let devices = 0;
    beforeAll(async () => {
      on = new Poisonable(await open());
      await on.start();
      ({ token } = await on.api.request<{ token: string }>("POST", "/api/v1/devices", { id: device }));
      await on.api.request("POST", "/api/v1/rules", rule);
      await on.api.request("POST", "/api/v1/rules/hot/enable");
      await eventually(async () => {
        expect(await on.api.request("GET", "/api/v1/rules/hot")).toMatchObject({ state: "live" });
      });
    });
    afterAll(() => on.close());

    /** The way of a message, of a command and of a write through all services. */
    async function expectItGoesOn(): Promise<void> {
      on.expectAlive();
      const before = (await alerts()).length;
      const client = await mqtt.connectAsync(on.mqttUrl, { username: device, password: token, reconnectPeriod: 0 });
      client.on("error", () => {});
      try {
        const commands: string[] = [];
        client.on("message", (topic) => commands.push(topic));
        await client.subscribeAsync(`devices/${device}/commands/+`, { qos: 1 });
        await client.publishAsync(`devices/${device}/telemetry`, '{"temperature":95}', { qos: 1 });
        await eventually(async () => expect((await alerts()).length).toBe(before + 1));
        await client.publishAsync(`devices/${device}/telemetry`, '{"temperature":20}', { qos: 1 });
        await eventually(async () => expect((await alerts())[0]).toMatchObject({ state: "cleared" }));
        await eventually(async () => {
          const { values } = await on.api.request<{ values: Record<string, { value: number }> }>(
            "GET",
            `/api/v1/devices/${device}/latest`,
          );
          expect(values["temperature"]!.value).toBe(20);
        });
        const command = { name: "shut", ttl: "60s" };
        const { commandId } = await on.api.request<{ commandId: string }>(
          "POST",
          `/api/v1/devices/${device}/commands`,
          command,
        );
        await eventually(() => expect(commands).toContain(`devices/${device}/commands/${commandId}`));
      } finally {
        await client.endAsync();
      }
      devices += 1;
      await on.api.request("POST", "/api/v1/devices", { id: `device-${devices}` });
      for (const path of ["devices", "rules", "alerts", "quarantine", "ledger", "devices/stranger/commands"]) {
        await on.api.request("GET", `/api/v1/${path}`);
      }
      on.expectAlive();
    }

    /** Whoever listens hears what came after the poison. */
    async function hear(id: string): Promise<void> {
      let text = "";
      for await (const chunk of await on.api.stream("/api/v1/stream")) {
        text += Buffer.from(chunk).toString();
        if (text.includes(`"${id}"`)) return;
      }
      throw new RangeError("the stream ended");
    }

    async function alerts(): Promise<readonly { readonly state: string }[]> {
      const path = `/api/v1/alerts?device=${device}&limit=1000`;
      return (await on.api.request<Items<{ readonly state: string }>>("GET", path)).items;
    }

    async function health(): Promise<{ status: string; warnings?: readonly string[] }> {
      return on.api.request("GET", "/health/ready", undefined, [503]);
    }

    it.each(Object.entries(poisons))("%s", async (_name, poison) => {
      const { log, topics } = on.opened;
      const heard = hear(`device-${devices + 1}`);
      heard.catch(() => {});
      for (const role of roles) {
        for (const key of ["stranger", device]) {
          for (const record of poison(role, key)) {
            await log.append(topics[role], [record]).catch((error: unknown) => {
              // Kafka takes no record without a key into a topic that is compacted.
              if (!(error instanceof RecordRefusedError)) throw error;
            });
          }
        }
      }
      await expectItGoesOn();
      await heard;
      await on.stop();
      await on.start();
      await expectItGoesOn();
    });

    it("is named in health and in a metric", async () => {
      const { topics } = on.opened;
      await on.stop();
      on.forgetModels();
      await on.start();
      await expectItGoesOn();
      await on.api.request("GET", "/api/v1/alerts/a-4/why");
      const { warnings } = await eventually(health, ({ status }) => status === "ready");
      const metrics = await (
        await fetch(`${on.url}/metrics`, { headers: { authorization: `Bearer ${on.token}` } })
      ).text();
      for (const topic of [
        topics.devices,
        topics.rules,
        topics.alerts,
        topics.commands,
        topics.access,
        topics.rebuilds,
      ]) {
        expect(warnings).toContainEqual(expect.stringContaining(`${topic}: `));
        expect(metrics).toMatch(
          new RegExp(`headwater_skipped_records_total\\{[^}]*topic="${topic.replaceAll(".", "\\.")}"`),
        );
      }
    });

    it("lies in quarantine where it is telemetry, and the ledger says how it ended", async () => {
      const { items } = await on.api.request<Items<{ reason: string }>>("GET", "/api/v1/quarantine?limit=1000");
      const reasons = items.map(({ reason }) => reason).join("\n");
      for (const reason of ["no value", "not a valid event", "without a gateway", "no lane has", "a time that lies"]) {
        expect(reasons).toContain(reason);
      }
      await eventually(async () => {
        const verified = await on.api.request<{ verified: { mismatched: number }; totals: Record<string, number> }>(
          "GET",
          "/api/v1/ledger?verify=true",
        );
        expect(verified.verified.mismatched).toBe(0);
        const { logged, stored, partlyStored, quarantined, duplicate } = verified.totals;
        expect(stored! + partlyStored! + quarantined! + duplicate!).toBe(logged);
      });
    });
  });
}
