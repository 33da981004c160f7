import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { StoreUnavailableError } from "@headwater/time-series";
import { openEmbeddedStore } from "@headwater/time-series/embedded";
import { expect, it } from "vitest";
import { SharedShadow } from "./shared-shadow.ts";

it("is not opened again by a step that was under way when the service stopped", async () => {
  const dataDir = await mkdtemp(join(tmpdir(), "headwater-shadow-"));
  const store = await openEmbeddedStore({ dataDir });
  try {
    const stopped = new SharedShadow(store);
    await stopped.open();
    await stopped.close();
    await expect(stopped.open()).rejects.toThrow(StoreUnavailableError);
    const next = new SharedShadow(store);
    await next.open();
    await next.close();
  } finally {
    await store.close();
    await rm(dataDir, { recursive: true, force: true });
  }
});
