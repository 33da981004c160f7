/** One document of a template of InfluxDB. */
export interface Resource {
  readonly apiVersion: "influxdata.com/v2alpha1";
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly spec: Readonly<Record<string, unknown>>;
}

/** When anything, or what is grouped by, was stored last: one row of the few columns that a check needs. */
const lastStored = (columns: string): string => `
from(bucket: "headwater")
  |> range(start: v.timeRangeStart, stop: v.timeRangeStop)
  |> filter(fn: (r) => r._measurement == "telemetry")
  |> last()
  |> map(fn: (r) => ({r with _field: "stored", _value: 1.0}))
  |> group(columns: [${columns}])
  |> sort(columns: ["_time"], desc: true)
  |> limit(n: 1)
`;

/**
 * Checks that look at the store alone. What a rule of Headwater can tell is a rule: it knows late data, maintenance and
 * gateways that are away. That nothing is stored at all, no rule can tell.
 */
export function checks(): Resource[] {
  return [
    deadman({
      name: "headwater-nothing-stored",
      spec: {
        name: "Headwater: nothing is stored",
        description:
          "No reading of any device has come for five minutes: devices, gateways, log or ingest stand still.",
        query: lastStored(`"_measurement", "_field"`).trim(),
        status: "active",
        every: "1m",
        offset: "10s",
        timeSince: "5m",
        staleTime: "1d",
        level: "CRIT",
        statusMessageTemplate: "No reading has been stored for five minutes",
      },
    }),
    deadman({
      name: "headwater-device-silent",
      spec: {
        name: "Headwater: a device is silent",
        description:
          "A device has said nothing for fifteen minutes, and something in the last day. Switched off: a rule with absent knows registered devices, maintenance and gateways that are away.",
        query: lastStored(`"_measurement", "_field", "device"`).trim(),
        status: "inactive",
        every: "5m",
        offset: "10s",
        timeSince: "15m",
        staleTime: "1d",
        level: "WARN",
        statusMessageTemplate: "${ r.device } has been silent for fifteen minutes",
      },
    }),
  ];
}

function deadman({ name, spec }: { name: string; spec: Readonly<Record<string, unknown>> }): Resource {
  return {
    apiVersion: "influxdata.com/v2alpha1",
    kind: "CheckDeadman",
    metadata: { name },
    spec: { ...spec, reportZero: false },
  };
}
