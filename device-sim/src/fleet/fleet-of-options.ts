import { SimulationError } from "../errors.ts";
import { FleetFault } from "./fleet-fault.ts";
import { type Fleet, fleetOf } from "./fleet.ts";
import type { FleetSpec } from "./fleet-schema.ts";

/** What people say on a command line, as they know it from other load generators. */
export interface FleetOptions {
  readonly devices: number;
  readonly rate: string | undefined;
  readonly qos: number;
  readonly duration: string | undefined;
  readonly payloadBytes: number | undefined;
  readonly format: string | undefined;
  readonly seed: number | undefined;
  readonly mqttVersion: "3.1.1" | 5 | undefined;
}

/** A fleet of one profile. @throws SimulationError naming the option. */
export function fleetOfOptions(options: FleetOptions): Fleet {
  const { devices, rate, qos, duration, payloadBytes, format, seed, mqttVersion } = options;
  const spec: FleetSpec = {
    name: "command-line",
    ...(seed !== undefined && { seed }),
    ...(duration !== undefined && { duration }),
    load: { rate: rate === undefined ? `${devices}/s` : /^\d+(?:\.\d+)?$/.test(rate) ? `${rate}/s` : rate },
    profiles: {
      sim: {
        devices,
        qos,
        ...(payloadBytes !== undefined && { payloadBytes }),
        ...(format !== undefined && { format: format as "json" }),
        ...(mqttVersion !== undefined && { mqttVersion }),
      },
    },
  };
  try {
    return fleetOf(spec, process.cwd());
  } catch (error) {
    if (!(error instanceof FleetFault)) throw error;
    const option = error.path.startsWith("/load")
      ? "--rate"
      : error.path.startsWith("/duration")
        ? "--duration"
        : "a fleet";
    throw new SimulationError(`${option}: ${error.message}`, { cause: error });
  }
}

/** What a run on the command line says otherwise than the fleet's file. */
export function changedFleet(fleet: Fleet, { duration, seed, rate, mqttVersion }: Partial<FleetOptions>): Fleet {
  const spec: FleetSpec = {
    ...fleet.spec,
    ...(mqttVersion !== undefined && {
      profiles: Object.fromEntries(
        Object.entries(fleet.spec.profiles).map(([name, profile]) => [name, { ...profile, mqttVersion }]),
      ),
    }),
    ...(duration !== undefined && { duration }),
    ...(seed !== undefined && { seed }),
    ...(rate !== undefined && { load: { ...fleet.spec.load, rate: /^\d+$/.test(rate) ? `${rate}/s` : rate } }),
  };
  try {
    return fleetOf(spec, fleet.folder);
  } catch (error) {
    if (error instanceof FleetFault)
      throw new SimulationError(`${error.path.slice(1)}: ${error.message}`, { cause: error });
    throw error;
  }
}
