import type { Metrics } from "@headwater/service";
import { dropNewest } from "./pipeline/lanes/lane.ts";

/**
 * Why events are given up, and messages set aside. These series are there from the start, as 0: Prometheus's `increase`
 * takes the first value of a series to be no rise, so an alert would miss all that comes before the second scrape.
 */
const dropReasons = [dropNewest, "drop-oldest", "age", "corrupt", "log-refused"];
const quarantineReasons = ["decode", "log"];

/** Everything the gateway counts. */
export function gatewayMetrics(metrics: Metrics) {
  const quarantined = metrics.counter(
    "headwater_gateway_quarantined_total",
    "Messages and records that were set aside in quarantine.v1",
    ["reason"],
  );
  const refused = metrics.counter(
    "headwater_gateway_refused_total",
    "What the gateway did not take, by unit (connection, login, message, subscription, request, record) and reason",
    ["unit", "reason"],
  );
  for (const reason of quarantineReasons) quarantined.labels({ reason });
  const dropped = metrics.counter(
    "headwater_gateway_dropped_total",
    "Events lost after they got an identity; each is on record in a gap",
    ["reason"],
  );
  for (const reason of dropReasons) dropped.labels({ reason });
  return {
    // Those that are counted for every message are bound to their one series.
    received: metrics.counter("headwater_gateway_received_total", "PUBLISH packets received").labels({}),
    receivedBytes: metrics
      .counter("headwater_gateway_received_bytes_total", "Payload bytes of PUBLISH packets received")
      .labels({}),
    httpMessages: metrics.counter(
      "headwater_gateway_http_messages_total",
      "Messages that came by POST /api/v1/telemetry and were answered with success, by outcome",
      ["outcome"],
    ),
    events: metrics
      .counter("headwater_gateway_events_total", "Events taken: messages that were decoded and got an identity")
      .labels({}),
    appended: metrics.counter("headwater_gateway_appended_total", "Records that reached the event log"),
    committed: metrics.counter("headwater_gateway_committed_records_total", "Records made durable, by group commits"),
    commits: metrics.counter("headwater_gateway_commits_total", "Group commits"),
    ackSeconds: metrics.histogram(
      "headwater_gateway_ack_seconds",
      "From the arrival of the first message of a group commit to the acknowledgement of all of them",
    ),
    quarantined,
    refused,
    oversized: metrics.counter(
      "headwater_gateway_oversized_packets_total",
      "Packets larger than HEADWATER_MQTT_MAX_PACKET_BYTES, by device; beyond 50 devices together as others",
      ["device"],
    ),
    slowed: metrics
      .counter(
        "headwater_gateway_slowed_total",
        "Times that a client was read more slowly than it sent, by its rate limits",
      )
      .labels({}),
    slowDropped: metrics
      .counter(
        "headwater_gateway_subscriber_dropped_total",
        "Messages of QoS 0 that were not passed on to a subscriber that does not read fast enough",
      )
      .labels({}),
    ignored: metrics.counter(
      "headwater_gateway_ignored_total",
      "Messages that hold nothing to keep, by why: acknowledged, and neither an event nor set aside",
      ["reason"],
    ),
    lostBefore: metrics
      .counter(
        "headwater_gateway_lost_before_total",
        "Messages that were lost before they reached the gateway, by the sequence numbers of their senders",
      )
      .labels({}),
    askedBack: metrics
      .counter(
        "headwater_gateway_asked_back_total",
        "Messages published to senders for what theirs lacked, like a Sparkplug rebirth request",
      )
      .labels({}),
    redelivered: metrics.counter(
      "headwater_gateway_redelivered_total",
      "Messages sent again that were recognised and not taken twice",
      ["qos"],
    ),
    implausible: metrics
      .counter("headwater_gateway_implausible_times_total", "Device times too far from the receive time to be believed")
      .labels({}),
    dropped,
    discarded: metrics.counter(
      "headwater_gateway_discarded_total",
      "Records without an identity given up for want of room, by kind and policy",
      ["kind", "reason"],
    ),
    marks: metrics.counter("headwater_gateway_marks_total", "Marks written"),
    times: metrics.counter("headwater_gateway_times_told_total", "Times told to devices, by why", ["why"]),
    commands: metrics.counter("headwater_gateway_commands_total", "Device commands by what the gateway did", ["what"]),
    accepted: metrics.counter("headwater_gateway_accepted_connections_total", "Connections accepted, by listener", [
      "transport",
    ]),
    connectionsRefused: metrics.counter(
      "headwater_gateway_refused_connections_total",
      "Connections that ended before CONNECT, or broke the rules of their transport",
      ["transport", "reason"],
    ),
    certificateReloads: metrics.counter(
      "headwater_gateway_certificate_reloads_total",
      "Changes of the certificate files: taken, or failed and the former certificate kept",
      ["outcome"],
    ),
    connects: metrics.counter("headwater_gateway_connects_total", "CONNECT packets by outcome", ["outcome"]),
    restrictedSessions: metrics
      .counter(
        "headwater_gateway_sessions_restricted_total",
        "Sessions that lost subscriptions or waiting messages with the right to them",
      )
      .labels({}),
    disconnects: metrics.counter("headwater_gateway_disconnects_total", "Connections that ended, by reason", [
      "reason",
    ]),
  };
}

export type GatewayMetrics = ReturnType<typeof gatewayMetrics>;
