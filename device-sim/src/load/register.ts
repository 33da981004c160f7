import { type ApiClient, ProblemError, registerDevice } from "@headwater/client";
import { SimulationError } from "../errors.ts";
import type { Profile } from "../fleet/profile.ts";
import type { LoadDevice } from "./worker-protocol.ts";

/** Devices below which one request each is as fast as an import. */
const fewDevices = 100;
/** Rows of one import: its answer begins within the client's patience, and an interruption is heeded between two. */
const rowsAtOnce = 5_000;
const requestsAtOnce = 16;

interface RowAnswer {
  readonly id?: string;
  readonly outcome?: string;
  readonly token?: string;
  readonly detail?: string;
}

/**
 * The devices with a token each: those that are not there are made, those that are get a further token. Many are
 * imported, which takes a fraction of the time of a request each.
 * @throws SimulationError for a device that is refused.
 */
export async function registered(
  api: ApiClient,
  devices: readonly LoadDevice[],
  profiles: readonly Profile[],
  signal: AbortSignal,
): Promise<LoadDevice[]> {
  if (devices.length < fewDevices) return oneByOne(api, devices, profiles, signal);
  const tokens = new Map<string, string>();
  for (let at = 0; at < devices.length && !signal.aborted; at += rowsAtOnce) {
    const piece = devices.slice(at, at + rowsAtOnce);
    try {
      await importPiece(api, piece, profiles, tokens);
    } catch (error) {
      // An older platform has no imports, and one that is under way is somebody else's.
      const isElsewhere = error instanceof ProblemError && [404, 405, 429].includes(error.status);
      if (!isElsewhere) throw error;
      for (const { id, token } of await oneByOne(api, piece, profiles, signal)) tokens.set(id, token);
    }
  }
  return devices.flatMap((device) => {
    const token = tokens.get(device.id);
    return token === undefined ? [] : [{ ...device, token }];
  });
}

async function importPiece(
  api: ApiClient,
  devices: readonly LoadDevice[],
  profiles: readonly Profile[],
  tokens: Map<string, string>,
): Promise<void> {
  const rows = devices.map((device) => `${JSON.stringify(registrationOf(device, profiles))}\n`).join("");
  const headers = { "content-type": "application/x-ndjson" };
  const body = await api.stream(
    "/api/v1/imports/devices?tokens=all",
    headers,
    new Uint8Array(new TextEncoder().encode(rows)),
  );
  let rest = "";
  for await (const part of body.pipeThrough(new TextDecoderStream()) as unknown as AsyncIterable<string>) {
    const lines = (rest + part).split("\n");
    rest = lines.pop()!;
    for (const line of lines) {
      const { id, outcome, token, detail } = JSON.parse(line) as RowAnswer;
      if (outcome === "refused" || outcome === "failed") {
        throw new SimulationError(`the device ${id ?? ""} is not registered: ${detail ?? outcome}`);
      }
      if (id !== undefined && token !== undefined) tokens.set(id, token);
    }
  }
  const without = devices.find(({ id }) => !tokens.has(id));
  if (without !== undefined)
    throw new SimulationError(`the device ${without.id} is not registered: the import ended before its row`);
}

async function oneByOne(
  api: ApiClient,
  devices: readonly LoadDevice[],
  profiles: readonly Profile[],
  signal: AbortSignal,
): Promise<LoadDevice[]> {
  const found: LoadDevice[] = [];
  let next = 0;
  const one = async (): Promise<void> => {
    while (next < devices.length && !signal.aborted) {
      const at = next++;
      const device = devices[at]!;
      const { token } = await registerDevice(api, registrationOf(device, profiles));
      found[at] = { ...device, token };
    }
  };
  await Promise.all(Array.from({ length: requestsAtOnce }, one));
  return found.filter((each) => each !== undefined);
}

function registrationOf({ id, profile }: LoadDevice, profiles: readonly Profile[]) {
  const { type, tags } = profiles[profile]!;
  return { id, type, ...(Object.keys(tags).length > 0 && { tags }) };
}
