/**
 * The part of a configuration of Telegraf by which it reads the messages of devices from a broker on loopback: large
 * batches, much undelivered, a short interval, which is what it needs to be fast. The table of the input is the last,
 * so that more of it may follow. `precision`: what times are rounded to; 0s is its own choice.
 */
export function telegrafInput(port: number, precision: "0s" | "1ms"): string {
  return `
[agent]
  omit_hostname = true
  quiet = true
  precision = "${precision}"
  metric_batch_size = 5000
  metric_buffer_limit = 200000
  flush_interval = "100ms"
[[inputs.mqtt_consumer]]
  servers = ["tcp://127.0.0.1:${port}"]
  topics = ["devices/+/telemetry"]
  qos = 1
  client_id = "telegraf"
  persistent_session = true
  max_undelivered_messages = 50000
  data_format = "json"`;
}
