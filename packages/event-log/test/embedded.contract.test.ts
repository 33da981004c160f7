import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import { childAppender, eventLogContract } from "../src/contract/index.ts";
import { openEmbeddedLog } from "../src/embedded/open-embedded-log.ts";

const dataDir = mkdtempSync(join(tmpdir(), "headwater-embedded-"));
let names = 0;

afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

const open = (): ReturnType<typeof openEmbeddedLog> => openEmbeddedLog({ dataDir: join(dataDir, "event-log") });

eventLogContract("embedded", {
  open,
  name: (base) => `${base}.${names++}`,
  async reopen(log) {
    await log.close();
    return open();
  },
  appender: (topic) => childAppender(topic, { APPEND_DATA_DIR: dataDir, HEADWATER_EVENT_LOG: "embedded" }),
  tooLarge: 1_100_000,
});
