import type { SelectableRule } from "../definition/rule-selector.ts";

/** What a snooze is called among the things that hold actions back. */
export const snoozeMute = "snooze";

/** When a maintenance window is open, and for which rules and devices. Times are microseconds on the log's clock. */
export interface MuteWindow {
  isOpen(time: number): boolean;
  /** The next instant at which that may be another; infinite: never. */
  nextEdge(time: number): number;
  selects(rule: SelectableRule, device: string): boolean;
}

interface WindowNow {
  readonly window: MuteWindow;
  isOpen: boolean;
  edge: number;
}

/** What became another at an edge. */
export interface MuteEdge {
  readonly at: number;
  /** Snoozes that are over. */
  readonly snoozes: readonly { readonly rule: string; readonly device: string }[];
  readonly windows: readonly MuteWindow[];
}

/** After a silence of the log that is longer, edges of windows within it count for nothing (µs). */
const longestSilence = 8 * 86_400_000_000;
const nothing: readonly string[] = [];

/**
 * Whether something holds the actions of a rule on a device back: the one place where that is decided. It stands still
 * between edges, so that whatever is told between two of them is told alike.
 */
export class Muting {
  /** By rule, then by device: their ends. */
  readonly #snoozes = new Map<string, Map<string, number>>();
  readonly #windows = new Map<string, WindowNow>();
  #names: readonly string[] = [];
  /** The log's clock when an edge was last looked for; 0: it shows no time yet. */
  #time = 0;
  #next = Infinity;

  /** Whether an edge will come; without one it makes no difference how time goes by. */
  get awaitsEdge(): boolean {
    return this.#next !== Infinity;
  }

  get hasWindows(): boolean {
    return this.#windows.size > 0;
  }

  /** What holds the actions of a rule on a device back, always in the same order. */
  by(rule: SelectableRule, device: string): readonly string[] {
    const isSnoozed = this.#snoozes.size > 0 && this.#snoozes.get(rule.id)?.has(device) === true;
    if (!isSnoozed && this.#names.length === 0) return nothing;
    const found = isSnoozed ? [snoozeMute] : [];
    for (const name of this.#names) {
      const { window, isOpen } = this.#windows.get(name)!;
      if (isOpen && window.selects(rule, device)) found.push(name);
    }
    return found;
  }

  /** Whether that is what was told last. */
  isAsTold(rule: SelectableRule, device: string, told: readonly string[]): boolean {
    const names = this.by(rule, device);
    return names.length === told.length && told.every((name, place) => name === names[place]);
  }

  /** Until an instant of the log's clock; one that is not after `now` ends it. */
  snooze(rule: string, device: string, until: number, now: number): void {
    if (until > now) {
      const devices = this.#snoozes.get(rule) ?? new Map<string, number>();
      this.#snoozes.set(rule, devices.set(device, until));
    } else this.#wake(rule, device);
    this.#time = Math.max(this.#time, now);
    this.#plan();
  }

  /** `window` undefined: there is none of that name any more. */
  setWindow(name: string, window: MuteWindow | undefined, now: number): void {
    if (window === undefined) this.#windows.delete(name);
    else this.#windows.set(name, { window, isOpen: window.isOpen(now), edge: window.nextEdge(now) });
    this.#names = [...this.#windows.keys()].toSorted();
    this.#time = Math.max(this.#time, now);
    this.#plan();
  }

  /** A rule is deleted: one that is made under its id again is another. */
  forgetRule(rule: string): void {
    if (this.#snoozes.delete(rule)) this.#plan();
  }

  forgetDevice(device: string): void {
    for (const rule of this.#snoozes.keys()) this.#wake(rule, device);
    this.#plan();
  }

  /** Passes the next edge at or before `now`; undefined: there is none. */
  pass(now: number): MuteEdge | undefined {
    if (this.#next > now) {
      this.#time = now;
      return undefined;
    }
    const at = this.#time === 0 || now - this.#time > longestSilence ? now : this.#next;
    this.#time = at;
    const snoozes: { rule: string; device: string }[] = [];
    for (const [rule, devices] of this.#snoozes) {
      for (const [device, until] of devices) if (until <= at) snoozes.push({ rule, device });
    }
    for (const { rule, device } of snoozes) this.#wake(rule, device);
    const windows: MuteWindow[] = [];
    for (const each of this.#windows.values()) {
      if (each.edge > at) continue;
      const isOpen = each.window.isOpen(at);
      if (isOpen !== each.isOpen) windows.push(each.window);
      Object.assign(each, { isOpen, edge: each.window.nextEdge(at) });
    }
    this.#plan();
    return { at, snoozes, windows };
  }

  #wake(rule: string, device: string): void {
    const devices = this.#snoozes.get(rule);
    devices?.delete(device);
    if (devices?.size === 0) this.#snoozes.delete(rule);
  }

  #plan(): void {
    let next = Infinity;
    for (const devices of this.#snoozes.values()) for (const until of devices.values()) next = Math.min(next, until);
    for (const { edge } of this.#windows.values()) next = Math.min(next, edge);
    this.#next = next;
  }
}
