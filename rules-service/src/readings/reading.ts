import type { Position } from "./position.ts";

/** What rules compare: booleans count as 1 and 0. */
export type Value = number | string;

/**
 * In front of a gateway in an anchor, or alone: timers wait for the promises of all gateways that live, stragglers too,
 * and while this one is away for it to come back. No gateway's name has the character.
 */
export const everyGateway = "*";

/** An instant of a device's life, with the time that the log's clock showed then. */
export interface Anchor {
  /** Judged time, microseconds. */
  readonly time: number;
  /** On the log's clock, microseconds: what timers are due by. */
  readonly logTime: number;
  /** Through which the device was heard; timers go no further than its promise. */
  readonly gateway: string;
}

/** A reading as rules judge it. */
export interface Reading extends Position, Anchor {
  readonly metric: string;
  readonly value: Value;
  /** Whether the value stands for true or false. */
  readonly isBoolean: boolean;
  /** As the device gave it, microseconds; judged time is earlier where the device is ahead of the log. */
  readonly eventTime: number;
  readonly receivedAt: number;
  /** Identity of its record, with the gateway; of a derived one, that of its source. */
  readonly epoch: number;
  readonly n: number;
  /** Rule and revision that derived it; "" if a device measured it. */
  readonly derivedBy: string;
}

/** Readings of one message that have one time: they are taken in before anything is graded. */
export interface Sample extends Position, Anchor {
  readonly readings: readonly Reading[];
}

/** The reading's name for ever: its record's identity, and which of its readings. */
export function identityOf(reading: Reading, partition: number): string {
  const { derivedBy, gateway, epoch, n, index } = reading;
  return JSON.stringify([derivedBy, gateway, epoch, partition, n, index]);
}

/** Whether one rule, whatever its revision, derived both of one metric from one source at one time. */
export function isDerivedAlike(a: Reading, b: Reading): boolean {
  return (
    a.n === b.n &&
    a.time === b.time &&
    a.epoch === b.epoch &&
    a.gateway === b.gateway &&
    ruleOf(a.derivedBy) === ruleOf(b.derivedBy)
  );
}

function ruleOf(derivedBy: string): string {
  return derivedBy.slice(derivedBy.indexOf(":") + 1);
}

/** Of a reading that was derived. */
export function deriverOf(derivedBy: string): { readonly rule: string; readonly revision: number } {
  return { rule: ruleOf(derivedBy), revision: Number.parseInt(derivedBy, 10) };
}

export function sampleOf(readings: readonly Reading[]): Sample {
  const { time, offset, index, logTime, gateway } = readings[0]!;
  return { time, offset, index, logTime, gateway, readings };
}
