/**
 * CloudEvents 1.0 headers in binary mode for Kafka (https://github.com/cloudevents/spec, Kafka protocol binding).
 * Low-rate topics carry all of them; telemetry.v1 and rule-state.v1 carry `ce_type` alone, since every header costs
 * each client.
 */
export const eventTypes = {
  telemetry: "io.headwater.telemetry.v1",
  mark: "io.headwater.mark.v1",
  tick: "io.headwater.tick.v1",
  gap: "io.headwater.gap.v1",
  derived: "io.headwater.derived.v1",
  device: "io.headwater.device.v1",
  presence: "io.headwater.presence.v1",
  rule: "io.headwater.rule.v1",
  alert: "io.headwater.alert.v1",
  action: "io.headwater.action.v1",
  command: "io.headwater.command.v1",
  ruleState: "io.headwater.rule-state.v1",
  quarantine: "io.headwater.quarantine.v1",
  access: "io.headwater.access.v1",
  rebuild: "io.headwater.rebuild.v1",
} as const;
export type EventType = (typeof eventTypes)[keyof typeof eventTypes];

export interface CloudEvent {
  readonly type: EventType;
  /** The service instance, e.g. `/headwater/rules/host-1`. */
  readonly source: string;
  readonly id: string;
  /** Microseconds since the epoch. */
  readonly time: number;
  readonly traceparent?: string;
}

export function cloudEventHeaders(event: CloudEvent): Record<string, string> {
  const headers: Record<string, string> = {
    ce_specversion: "1.0",
    ce_type: event.type,
    ce_source: event.source,
    ce_id: event.id,
    ce_time: new Date(event.time / 1000).toISOString(),
    "content-type": "application/protobuf",
  };
  if (event.traceparent !== undefined) headers["traceparent"] = event.traceparent;
  return headers;
}

/** Headers of telemetry.v1 records by kind, shared between records. */
export const telemetryHeaders = {
  event: { ce_type: Buffer.from(eventTypes.telemetry) },
  mark: { ce_type: Buffer.from(eventTypes.mark) },
  tick: { ce_type: Buffer.from(eventTypes.tick) },
  gap: { ce_type: Buffer.from(eventTypes.gap) },
  derived: { ce_type: Buffer.from(eventTypes.derived) },
} as const;

/** Of rule-state.v1, which has a record for each state of each rule: shared as well. */
export const ruleStateHeaders = { ce_type: Buffer.from(eventTypes.ruleState) } as const;
