/**
 * The points of alerts, folded to the newest alert of each rule and device: how an alert stands is told by all of its
 * points together (ingest-service/src/projection/alert-points.ts), and a rule has one alert at a time on a device. What
 * ends one at the instant that raises the next has the same time and tags, so that an older one may lack its end. An
 * alert that was raised before `since` is not seen.
 *
 * A table for each rule and device, and not for each alert: tables are what costs InfluxDB most, and those grow with
 * the fleet and not with its past. Points of 0.1.0 say nothing of the raise; theirs is their first.
 */
export function alertsSince(since: string, filter = ""): string {
  return `
alerts = from(bucket: v.defaultBucket)
  |> range(start: ${since}, stop: v.timeRangeStop)
  |> filter(fn: (r) => r._measurement == "alerts"${filter})
  |> filter(fn: (r) => r._field == "alert_text" or r._field == "kind_text" or r._field == "transition" or r._field == "state" or r._field == "shadow" or r._field == "raisedAt" or r._field == "value")
  |> pivot(rowKey: ["_time"], columnKey: ["_field"], valueColumn: "_value")
  |> group(columns: ["rule", "device"])
  |> sort(columns: ["raisedAt", "_time"])
  |> reduce(
    identity: {alert: "", last: -1.0, open: false, byHand: false, acknowledged: false, shadow: false, severity: "", raised: 0.0, value: 0.0, measured: false},
    fn: (r, accumulator) => {
      raised = if exists r.raisedAt then r.raisedAt else float(v: int(v: r._time)) / 1000000.0
      next = r.alert_text != accumulator.alert
      hand = r.transition == 0.0
      newest = r.transition > accumulator.last or next
      return {
        alert: r.alert_text,
        last: if newest then r.transition else accumulator.last,
        open: if newest and not hand and exists r.state then r.state == 1.0 else accumulator.open and not next,
        byHand: (accumulator.byHand and not next) or (hand and r.kind_text == "cleared"),
        acknowledged: (accumulator.acknowledged and not next) or r.kind_text == "acknowledged",
        shadow: r.shadow == 1.0,
        severity: if newest and exists r.severity then r.severity else accumulator.severity,
        raised: if next or (newest and exists r.raisedAt) then raised else accumulator.raised,
        value: if newest and exists r.value then r.value else accumulator.value,
        measured: (newest and exists r.value) or (accumulator.measured and not next),
      }
    },
  )
  |> group()

open = alerts
  |> filter(fn: (r) => r.open and not r.byHand and not r.shadow)
`;
}
