import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import type { Logger } from "@headwater/core";

/** The state of a bridge that outlives its process. Losing it does no harm. */
export interface BridgeState {
  /** The subscriptions of its session at the broker. */
  readonly filters: readonly string[];
  /** When each device was heard, milliseconds since the epoch. */
  readonly heard: Readonly<Record<string, number>>;
}

const nothing: BridgeState = { filters: [], heard: {} };

export async function loadBridgeState(file: string, logger: Logger): Promise<BridgeState> {
  try {
    const { filters, heard } = JSON.parse(await readFile(file, "utf8")) as Partial<Record<keyof BridgeState, unknown>>;
    return {
      filters: Array.isArray(filters) ? filters.filter((filter): filter is string => typeof filter === "string") : [],
      heard:
        typeof heard === "object" && heard !== null
          ? Object.fromEntries(
              Object.entries(heard).filter((entry): entry is [string, number] => Number.isFinite(entry[1])),
            )
          : {},
    };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT")
      logger.warn({ err: error, file }, "what a bridge remembered cannot be read; it begins anew");
    return nothing;
  }
}

export async function saveBridgeState(file: string, what: BridgeState, logger: Logger): Promise<void> {
  try {
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    await writeFile(`${file}.next`, JSON.stringify(what), { mode: 0o600 });
    await rename(`${file}.next`, file);
  } catch (error) {
    logger.warn({ err: error, file }, "what a bridge remembers cannot be written");
  }
}
