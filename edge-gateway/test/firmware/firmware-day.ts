type Value = number | boolean | string;

/** A message of a firmware, and what it means by the firmware's own documentation. */
export interface Told {
  readonly topic: string;
  readonly payload: string;
  readonly means:
    | {
        /** By metric, with the unit where the message names one. */
        readonly readings: Readonly<Record<string, Value | readonly [Value, string]>>;
        /** Default: the one that sends it. */
        readonly device?: string;
        /** Milliseconds since the epoch, where the message names its time. */
        readonly at?: number;
      }
    | { readonly online: boolean; readonly device?: string }
    /** Acknowledged, counted for this reason, and no event. `nobody`: passed to no subscriber either. */
    | { readonly ignored: string; readonly nobody?: true };
}

/** All that a device does from one connection to the next. */
export interface FirmwareDay {
  readonly name: string;
  /** The id of its registration, and its user name. */
  readonly device: string;
  readonly routes: readonly object[];
  readonly acl?: readonly object[];
  readonly will?: { readonly topic: string; readonly payload: string };
  /** Its topics name whoever is logged in: nobody else can be meant. */
  readonly isPersonal?: true;
  /** What the will means; default: that the device is offline. */
  readonly willIsReading?: true;
  /** The filters that it subscribes to, and whether they are granted. */
  readonly subscribes: Readonly<Record<string, boolean>>;
  readonly tells: readonly Told[];
}

/** A whole second of the last hour, so that the times of samples are plausible. */
export const at = Math.floor(Date.now() / 1000) * 1000 - 600_000;
export const seconds = at / 1000;
/** As a clock of the device writes it: UTC, without saying so. */
export const local = new Date(at).toISOString().slice(0, 19);

export const json = (value: unknown): string => JSON.stringify(value);
export const ofFirmware = { ignored: "topic-of-firmware" } as const;
export const toNobody = { ignored: "topic-of-firmware", nobody: true } as const;
