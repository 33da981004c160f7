import type { headwater } from "./generated/events.js";
import type Long from "long";

/**
 * The events as TypeScript sees them, derived from the generated code so that they cannot drift from the .proto files.
 * Decoded: every scalar is there (proto3 defaults), messages and members of a oneof may be null. Input: everything is
 * optional. 64-bit integers are safe integers; times are microseconds since the epoch.
 */
type Scalar = string | number | boolean | Uint8Array;

type DecodedField<T> = [Long] extends [T]
  ? number
  : [T] extends [Scalar]
    ? T
    : T extends readonly (infer E)[]
      ? readonly DecodedElement<E>[]
      : string extends keyof T
        ? { readonly [key: string]: DecodedElement<T[keyof T]> }
        : Decoded<T> | null;
type DecodedElement<T> = T extends Scalar ? T : Decoded<T>;
export type Decoded<S> = { readonly [K in Exclude<keyof S, "$unknowns">]-?: DecodedField<NonNullable<S[K]>> };

type InputField<T> = [Long] extends [T]
  ? number
  : [T] extends [Scalar]
    ? T
    : T extends readonly (infer E)[]
      ? readonly InputElement<E>[]
      : string extends keyof T
        ? { readonly [key: string]: InputElement<T[keyof T]> }
        : Input<T>;
type InputElement<T> = T extends Scalar ? T : Input<T>;
export type Input<S> = { readonly [K in Exclude<keyof S, "$unknowns">]?: InputField<NonNullable<S[K]>> | null };

/** Exactly one of number, boolean and text is not null (none: the reading is malformed); see `readingValue`. */
export type Reading = Omit<Decoded<headwater.v1.Reading.$Shape>, "number" | "boolean" | "text"> & {
  readonly number: number | null;
  readonly boolean: boolean | null;
  readonly text: string | null;
};
export type TelemetryRecord = Omit<Decoded<headwater.v1.TelemetryRecord.$Shape>, "readings"> & {
  readonly readings: readonly Reading[];
};
export type TelemetryInput = Input<headwater.v1.TelemetryRecord.$Shape>;
export type DeviceEvent = Decoded<headwater.v1.DeviceEvent.$Shape>;
export type Credential = Decoded<headwater.v1.Credential.$Shape>;
export type PresenceEvent = Decoded<headwater.v1.PresenceEvent.$Shape>;
export type RuleEvent = Decoded<headwater.v1.RuleEvent.$Shape>;
export type Evidence = Omit<Decoded<headwater.v1.Evidence.$Shape>, "text"> & { readonly text: string | null };
export type AlertEvent = Omit<Decoded<headwater.v1.AlertEvent.$Shape>, "text" | "evidence"> & {
  readonly text: string | null;
  readonly evidence: readonly Evidence[];
};
export type AlertInput = Input<headwater.v1.AlertEvent.$Shape>;
export type ActionEvent = Decoded<headwater.v1.ActionEvent.$Shape>;
export type ActionInput = Input<headwater.v1.ActionEvent.$Shape>;
export type CommandEvent = Decoded<headwater.v1.CommandEvent.$Shape>;
export type CommandInput = Input<headwater.v1.CommandEvent.$Shape>;
export type RuleStateRecord = Decoded<headwater.v1.RuleStateRecord.$Shape>;
export type QuarantineEvent = Decoded<headwater.v1.QuarantineEvent.$Shape>;
export type AccessEvent = Decoded<headwater.v1.AccessEvent.$Shape>;
export type RebuildEvent = Decoded<headwater.v1.RebuildEvent.$Shape>;
export type RebuildInput = Input<headwater.v1.RebuildEvent.$Shape>;

/** Kinds of an alert's transition, as they are numbered in the .proto file. */
export const alertTransition = {
  unspecified: 0,
  raised: 1,
  escalated: 2,
  deescalated: 3,
  acknowledged: 4,
  cleared: 5,
  amended: 6,
  assigned: 7,
  commented: 8,
  snoozed: 9,
  muted: 10,
  unmuted: 11,
  flapping: 12,
  repeated: 13,
} as const;

/** The value of a reading; undefined if the bytes held none. */
export function readingValue(reading: {
  readonly number?: number | null;
  readonly boolean?: boolean | null;
  readonly text?: string | null;
}): number | boolean | string | undefined {
  return reading.number ?? reading.boolean ?? reading.text ?? undefined;
}
