import { events } from "@headwater/proto";
import { at, sample, type SampleEvents } from "./sample.ts";

/** Of devices, and of what becomes of their sessions. */
export const deviceSamples: SampleEvents = {
  device: sample(events.device, {
    id: "boiler-1",
    revision: 2,
    deleted: true,
    restated: true,
    type: "boiler",
    tags: { site: "north" },
    attributes: { floor: { number: 2 }, outdoor: { boolean: true }, vendor: { text: "ACME" } },
    credentials: [{ id: "c1", kind: "token", hash: new Uint8Array([1, 2, 255]), createdAt: at, expiresAt: at + 1 }],
    createdAt: at,
    updatedAt: at + 2,
    updatedBy: "admin",
    writeId: "w1",
  }),
  "device that was deleted with its data": sample(events.device, {
    id: "boiler-1",
    revision: 4,
    deleted: true,
    updatedAt: at,
    updatedBy: "admin",
    writeId: "w3",
    incarnation: 2,
    incarnationSince: at + 3,
    erasedBelow: 2,
    erasedUntil: at + 3,
  }),
  "device with a certificate": sample(events.device, {
    id: "boiler-2",
    revision: 1,
    credentials: [{ id: "c2", kind: "x509", createdAt: at, subject: "CN=boiler-2,O=Acme" }],
    createdAt: at,
    updatedAt: at,
    updatedBy: "admin",
    writeId: "w2",
  }),
  "presence connected": sample(events.presence, {
    device: "boiler-1",
    session: "s1",
    gateway: "gw-1",
    at,
    connected: { clientId: "boiler-1", address: "127.0.0.1", cleanSession: true },
  }),
  "presence disconnected": sample(events.presence, {
    device: "boiler-1",
    session: "s1",
    at,
    disconnected: { reason: "keep-alive" },
  }),
  "presence last will": sample(events.presence, {
    device: "boiler-1",
    session: "s1",
    at,
    lastWill: { topic: "devices/boiler-1/status", payload: new Uint8Array([0, 255]) },
  }),
};
