import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { eventually } from "@headwater/testkit/eventually";
import { startFaultyLog, type FaultyLog } from "./faulty-log.ts";
import { GatewayUnderTest } from "./gateway-under-test.ts";

/** A gateway with a spool, on a log that goes wrong on demand. */
export class SpoolScene {
  gateway!: GatewayUnderTest;
  log!: FaultyLog;

  async up(env: Record<string, string> = {}): Promise<void> {
    this.log = await startFaultyLog();
    this.gateway = await GatewayUnderTest.start(env, { durable: "spool", log: this.log.log, stopWithinMs: 1000 });
  }

  async down(): Promise<void> {
    this.log.heal();
    await this.gateway.stop();
    await this.log.remove();
  }

  get spoolDir(): string {
    return join(this.gateway.dataDir, "gateway", "spool");
  }

  async segments(): Promise<string[]> {
    return (await readdir(this.spoolDir)).filter((name) => name.endsWith(".segment")).toSorted();
  }

  /** The first reading of each event on the log, once there are so many. */
  async values(count: number): Promise<unknown[]> {
    await eventually(
      () => this.gateway.events(),
      (all) => all.length >= count,
    );
    return (await this.gateway.events()).map((event) => event.readings[0]!.number);
  }
}

export function numbers(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, i) => from + i);
}

/** Messages of device d with these numbers, at once; resolves when all are acknowledged. */
export async function publish(
  device: Awaited<ReturnType<GatewayUnderTest["connect"]>>,
  from: number,
  to: number,
): Promise<void> {
  await Promise.all(numbers(from, to).map((i) => device.publishAsync("devices/d/telemetry", `{"i":${i}}`, { qos: 1 })));
}
