import type { Device } from "@headwater/aggregates";
import { gatewayOf } from "../../readings/gateway-stand-in.ts";
import { everyGateway, type Anchor } from "../../readings/reading.ts";
import { anyMetric, noWakes, plainProgram, type Program } from "../program.ts";
import { unranked, verdictOf, verdicts } from "../verdict.ts";

/**
 * Why nothing is heard of a device: it says nothing, or its gateway went, or its gateway is behind. The latter two are
 * told of the gateway, once, and not of its devices.
 */
export const absenceReasons = ["device-silent", "gateway-offline", "pipeline-lagging"] as const;
export type AbsenceReason = (typeof absenceReasons)[number];
export const defaultReasons: readonly AbsenceReason[] = ["device-silent", "gateway-offline"];

interface AbsenceState {
  /** The last reading, or since when one was to be expected; null: nothing is known of it yet. */
  readonly last: Anchor | null;
  /** Judged time of that, whatever has been excused since; absent: nothing has. */
  readonly heard?: number;
  readonly silent: boolean;
  /** Of a device that nobody registered none is missed. */
  readonly watched: boolean;
}

export interface Absence {
  /** undefined: nothing at all of the device. */
  readonly metric: string | undefined;
  /** Microseconds. */
  readonly duration: number;
  readonly reasons: readonly AbsenceReason[];
  readonly rank?: number | undefined;
}

/** Nothing of the device, or of one of its metrics, for so long. */
export function absenceProgram({ metric, duration, reasons, rank = unranked }: Absence): Program<AbsenceState> {
  const input = metric ?? anyMetric;
  const isWatched = (device: Device | undefined): boolean => {
    if (device === undefined) return false;
    return gatewayOf(device.id) === undefined
      ? reasons.includes("device-silent")
      : reasons.some((reason) => reason !== "device-silent");
  };
  return {
    ...plainProgram,
    inputs: [input],
    lookBack: duration,
    ranks: [rank],
    watchesSilence: true,
    readsDevice: true,
    initial(device, since) {
      const isStandIn = device !== undefined && gatewayOf(device.id) !== undefined;
      const last = since !== undefined && isStandIn ? { ...since, gateway: device.id } : (since ?? null);
      return { last, silent: false, watched: isWatched(device) };
    },
    step(state, { time, logTime, gateway, readings }) {
      if (!readings.some((reading) => reading.metric === input)) return state;
      // It counts from where the rule began, or the device was registered, if that was later.
      if (state.last !== null && time < (state.heard ?? state.last.time)) return state;
      return { last: { time, logTime, gateway }, silent: false, watched: state.watched };
    },
    // While any gateway lags, what it has of the device may still come: the pipeline is slow, and nobody is silent.
    wakes: ({ last, silent, watched }) =>
      silent || !watched || last === null
        ? noWakes
        : [{ time: last.time + duration, anchor: { ...last, gateway: waitsFor(last.gateway) } }],
    // Through a gateway that is away nobody can be heard.
    excuse(state, unheardSince) {
      const { last, silent, watched } = state;
      if (silent || !watched || last === null || last.gateway === "") return state;
      const later = unheardSince(last, duration) - last.logTime;
      if (later <= 0) return state;
      const { heard = last.time } = state;
      return { ...state, heard, last: { ...last, time: last.time + later, logTime: last.logTime + later } };
    },
    elapse: (state) => ({ ...state, silent: true }),
    withDevice(state, device, at) {
      const watched = isWatched(device);
      if (watched === state.watched) return state;
      const isLater = watched && (state.last === null || at.time > state.last.time);
      const last = isLater ? { ...at, gateway: state.last?.gateway ?? at.gateway } : state.last;
      const heard = isLater ? undefined : state.heard;
      return { last, silent: false, watched, ...(heard !== undefined && { heard }) };
    },
    verdict: ({ silent }) => (silent ? verdictOf(rank, 1) : verdicts.clear),
    measure: ({ last }) => ({ metric: metric ?? "", value: last?.time ?? 0, threshold: duration }),
    idle: undefined,
  };
}

/** What is due of a gateway itself waits for the log's clock alone. */
function waitsFor(gateway: string): string {
  return gatewayOf(gateway) === undefined ? everyGateway + gateway : gateway;
}
