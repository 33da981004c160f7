import { events } from "@headwater/proto";
import { describe, expect, it } from "vitest";
import { frameKinds, type Frame, type FrameKind } from "../frame/frame.ts";
import { refusedRecord, undecodableRecord } from "./quarantine-record.ts";

const at = 1_780_000_000_000_000;
const incarnationOf = ({ value }: { readonly value: Uint8Array }) => events.quarantine.decode(value).incarnation;

function refused(kind: FrameKind, value: Uint8Array) {
  const frame = { kind, partition: 1, n: 7, key: Buffer.from("pump"), value } as Frame;
  return refusedRecord(frame, "telemetry.v1", "g1", 5, at);
}

describe("an entry of quarantine says which device of its id", () => {
  it.each([0, 3])("sent a message that cannot be read (%i)", (incarnation) => {
    const what = { device: "pump", reason: "not JSON", payload: Buffer.from("{"), mqttTopic: "t" };
    expect(incarnationOf(undecodableRecord(what, { gateway: "g1", at, incarnation }))).toBe(incarnation);
  });

  it("an event is of that the log refused", () => {
    const event = { gateway: "g1", epoch: 5, n: 7, receivedAt: at, eventTime: at, device: "pump", incarnation: 2 };
    expect(incarnationOf(refused(frameKinds.event, events.telemetry.encode(event)))).toBe(2);
  });

  it("unless it does not tell", () => {
    expect(incarnationOf(refused(frameKinds.event, Buffer.from("no event")))).toBeNull();
    expect(incarnationOf(refused(frameKinds.command, events.command.encode({ device: "pump" })))).toBeNull();
  });
});
