import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createLogger } from "@headwater/service";
import { openEmbeddedLog, type EmbeddedEventLog } from "../../src/embedded/open-embedded-log.ts";
import type { EventLog } from "../../src/event-log.ts";
import type { ReadModel } from "../../src/read-model/index.ts";
import { countingModel, topic } from "./counting-model.ts";

/** A folder of a test's own, with the logs and read models in it. */
export class ReadModelScene {
  readonly folder = mkdtempSync(join(tmpdir(), "read-model-"));
  readonly file = join(this.folder, "model", "things.db");
  readonly #closers: (() => Promise<void>)[] = [];

  async log(name = "log", spec: { partitions?: number; retentionMs?: number } = {}): Promise<EmbeddedEventLog> {
    const log = await openEmbeddedLog({ dataDir: join(this.folder, name) });
    this.#closers.push(() => log.close());
    await log.ensureTopics([
      { name: topic, cleanup: "delete", partitions: spec.partitions ?? 2, retentionMs: spec.retentionMs },
    ]);
    return log;
  }

  model(...parameters: Parameters<typeof countingModel>): ReadModel {
    const model = countingModel(...parameters);
    this.#closers.push(() => model.stop());
    return model;
  }

  async close(): Promise<void> {
    for (const close of this.#closers.splice(0).toReversed()) await close();
    rmSync(this.folder, { recursive: true });
  }
}

/** Appends records `key=value` and answers with the position of the last one. */
export async function put(log: EventLog, ...pairs: string[]) {
  const records = pairs.map((pair) => ({ key: pair.split("=")[0]!, value: Buffer.from(pair.split("=")[1]!) }));
  const range = (await log.append(topic, records)).at(-1)!;
  return { topic, partition: range.partition, offset: range.baseOffset + range.count - 1 };
}

export function linesOf() {
  const lines: Record<string, unknown>[] = [];
  const logger = createLogger({ component: "test", destination: { write: (line) => lines.push(JSON.parse(line)) } });
  return { logger, said: (message: string) => lines.some((line) => String(line["msg"]).includes(message)) };
}
