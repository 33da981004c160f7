import { openEmbeddedLog } from "../../src/embedded/open-embedded-log.ts";
import { join } from "node:path";
import { countingModel, topic } from "./counting-model.ts";

/** A process that writes and follows until it is killed; says so once it does. */
const folder = process.argv[2]!;
const log = await openEmbeddedLog({ dataDir: join(folder, "log") });
await log.ensureTopics([{ name: topic, cleanup: "delete", partitions: 1 }]);
const model = countingModel(log, join(folder, "model", "things.db"));
await model.start();
for (let n = 0; ; n += 1) {
  const records = Array.from({ length: 20 }, (_, index) => ({ key: `key-${index}`, value: Buffer.from(String(n)) }));
  await log.append(topic, records);
  if (n === 3) process.stdout.write("going\n");
}
