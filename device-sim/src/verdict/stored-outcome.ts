import type { Fleet } from "../fleet/fleet.ts";
import type { FormatName } from "../payloads/format-names.ts";
import type { LoadDone } from "../load/worker-protocol.ts";
import { formats, storedName } from "../payloads/formats.ts";
import { compareContent, type Content } from "./compare-content.ts";
import { type Comparison, sumOf } from "./compare.ts";
import { compareWithStore } from "./compare-stored.ts";
import { isOfStore, patient } from "./readers/patient-store.ts";
import type { StoredDevice, StoreReader } from "./readers/reader.ts";

export interface SentDevice extends StoredDevice {
  readonly format: FormatName;
}

/** What a store has of what was sent, as far as it says. */
export interface StoredOutcome {
  readonly stored: Comparison | undefined;
  readonly content: Content | undefined;
  /** Why it did not say; undefined: it did, or nobody has asked it. */
  readonly storedUnknown?: string;
}

/** Those of a run whose messages can be told apart; `since`: when it began. */
export function sentDevices(
  { profiles }: Fleet,
  done: readonly LoadDone[],
  metricOf: ReadonlyMap<string, string>,
  since: number,
): SentDevice[] {
  return done
    .flatMap((each) => each.devices)
    .flatMap(({ id, sent, profile }) => {
      const metric = metricOf.get(id);
      const { format } = profiles[profile]!;
      const isUntimed = formats[format].isUntimed === true;
      return metric === undefined || sent.times.length === 0 ? [] : [{ id, metric, sent, isUntimed, since, format }];
    });
}

/** Asks a store for what was sent, up to `settleMs` for what is missing and for an answer that does not come. */
export async function storedOutcome(
  store: StoreReader | undefined,
  sent: readonly SentDevice[],
  { settleMs, hurry }: { readonly settleMs: number; readonly hurry?: AbortSignal },
): Promise<StoredOutcome> {
  if (store === undefined) return { stored: undefined, content: undefined };
  const asked = patient(store, settleMs, hurry);
  let stored: Comparison | undefined;
  try {
    stored = sumOf([...(await compareWithStore(asked, sent, settleMs, hurry)).values()]);
    return { stored, content: await contentOf(asked, sent, hurry) };
  } catch (error) {
    if (!isOfStore(error)) throw error;
    return { stored, content: undefined, storedUnknown: error.message };
  }
}

async function contentOf(
  store: StoreReader,
  sent: readonly SentDevice[],
  hurry?: AbortSignal,
): Promise<Content | undefined> {
  if (hurry?.aborted === true) return undefined;
  const formatOf = new Map(sent.map(({ id, format }) => [id, format]));
  const devices = sent.filter(({ sent: { readings } }) => readings !== undefined);
  if (devices.length === 0) return undefined;
  return compareContent(store, devices, (device, metric) => storedName(formatOf.get(device)!, metric), hurry);
}
