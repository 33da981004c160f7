import { events } from "@headwater/proto";
import { at, epoch, sample, type SampleEvents } from "./sample.ts";

/** Of `telemetry.v1`. */
export const telemetrySamples: SampleEvents = {
  "telemetry readings": sample(events.telemetry, {
    gateway: "gw-1",
    epoch,
    n: 42,
    receivedAt: at,
    device: "boiler-1",
    eventTime: at - 1500,
    readings: [
      { metric: "temperature", number: 21.5, unit: "Cel" },
      { metric: "on", boolean: false, timeDelta: -7 },
      { metric: "mode", text: "höchst", timeDelta: 1 },
    ],
    attributes: { site: "north" },
  }),
  "telemetry of a later incarnation": sample(events.telemetry, {
    gateway: "gw-1",
    epoch,
    n: 45,
    receivedAt: at,
    device: "boiler-1",
    eventTime: at,
    readings: [{ metric: "temperature", number: 20 }],
    incarnation: 3,
  }),
  "telemetry re-driven": sample(events.telemetry, {
    gateway: "gw-1",
    epoch,
    n: 46,
    receivedAt: at,
    device: "boiler-1",
    eventTime: at - 1500,
    readings: [{ metric: "temperature", number: 20 }],
    redrive: { entry: "q1", attempt: 2 },
  }),
  "telemetry derived": sample(events.telemetry, {
    receivedAt: at,
    device: "boiler-1",
    eventTime: at,
    readings: [{ metric: "overheating", number: 1 }],
    derived: {
      rule: "boiler-too-hot",
      revision: 3,
      sourceGateway: "gw-1",
      sourceEpoch: epoch,
      sourcePartition: 7,
      sourceN: 42,
    },
  }),
  "telemetry mark": sample(events.telemetry, {
    gateway: "gw-1",
    epoch,
    n: 43,
    receivedAt: at,
    mark: { received: 40, dropped: 2, drops: [{ reason: "full", count: 2 }] },
  }),
  "telemetry tick": sample(events.telemetry, { receivedAt: at, tick: { ownerEpoch: 9 } }),
  "telemetry gap": sample(events.telemetry, {
    gateway: "gw-1",
    epoch,
    n: 44,
    receivedAt: at,
    gap: { fromN: 10, toN: 12, reason: "corrupt" },
  }),
  "telemetry gap that counts": sample(events.telemetry, {
    gateway: "gw-1",
    epoch,
    n: 45,
    receivedAt: at,
    gap: { fromN: 13, toN: 15, reason: "drop-oldest", dropped: 2 },
  }),
};
