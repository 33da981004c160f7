import type { Metrics } from "@headwater/service";
import type { Identity } from "../devices/identity/identity.ts";
import type { MqttServer } from "../mqtt/mqtt-server.ts";
import { observeSpool } from "./spool-metrics.ts";
import type { Pipeline } from "../pipeline/open-pipeline.ts";

const troubleAfterMs = 5000;

/** Gauges that are read from the parts whenever the metrics are asked for. */
export function observe(
  metrics: Metrics,
  mqtt: MqttServer,
  { path, recordWriter, lanes }: Pipeline,
  identity: Identity,
): void {
  metrics.gauge(
    "headwater_gateway_waiting_passwords",
    "Logins whose chosen password is being compared or waits for it",
    [],
    {
      collect: (gauge) => gauge.set(identity.waitingPasswords),
    },
  );
  metrics.gauge("headwater_gateway_connections", "MQTT connections", [], {
    collect: (gauge) => gauge.set(mqtt.connections),
  });
  metrics.gauge(
    "headwater_gateway_open_connections",
    "Connections of a listener, those included that have not logged in",
    ["transport"],
    {
      collect: (gauge) => {
        for (const [transport, count] of mqtt.listeners.countByTransport()) gauge.labels({ transport }).set(count);
      },
    },
  );
  metrics.gauge(
    "headwater_gateway_certificate_expiry_seconds",
    "When the TLS certificate expires, in seconds since the epoch; 0 without TLS",
    [],
    { collect: (gauge) => gauge.set(Math.floor((mqtt.listeners.certificateExpiresAt ?? 0) / 1000)) },
  );
  metrics.gauge("headwater_gateway_waiting_messages", "Messages that wait for room", [], {
    collect: (gauge) => gauge.set(recordWriter.waiting),
  });
  metrics.gauge("headwater_gateway_log_away", "1 while the event log has not taken records for some seconds", [], {
    collect: (gauge) => gauge.set(path.health.failingForMs > troubleAfterMs ? 1 : 0),
  });
  observeSpool(metrics, path, lanes);
}
