/**
 * What a program can say of the numbers to come before it has taken them in. As long as it lets them pass, every
 * verdict up to them leaves the episode as it is, so that they may be taken in later, many at a time. It is of one
 * state; whoever takes in anything else needs another.
 */
export interface Outlook {
  /** Whether a number at a time, after all others, may be left for later too. False: nothing more is to be asked. */
  passes(value: number, time: number): boolean;
  /** With all that has passed: when the verdict may change by itself first. */
  readonly wake: number;
}
