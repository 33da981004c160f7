import type { SignalSpec } from "./signal-schema.ts";
import type { Random } from "./random.ts";
import type { RecordedColumn } from "./recorded.ts";
import type { Signal, SignalMaker, Value } from "./signal.ts";

/** Durations of a specification in milliseconds, and the columns of its files, read before. */
export interface ShapeParts {
  millis(text: string): number;
  share(value: string | number): number;
  /** `needsTimes`: it is played at its own pace. */
  column(file: string, column: string | undefined, needsTimes: boolean): RecordedColumn;
}

const dayMillis = 86_400_000;

/** A maker of signals from a specification that was validated. */
export function signalMaker(spec: SignalSpec, parts: ShapeParts): SignalMaker {
  const bare = bareMaker(spec, parts);
  const { noise = 0, decimals = 2, dropout, stuck } = spec;
  const missing = dropout === undefined ? 0 : parts.share(dropout);
  const every = stuck === undefined ? 0 : parts.millis(stuck.every);
  const stuckFor = stuck === undefined ? 0 : parts.millis(stuck.for);
  const scale = 10 ** decimals;
  return (random) => {
    const signal = bare(random);
    const stuckFrom = random.next() * every;
    let last: Value | undefined;
    return {
      next(elapsed, wall) {
        const raw = signal.next(elapsed, wall);
        if (random.isIn(missing)) return undefined;
        if (every > 0 && last !== undefined && (elapsed + stuckFrom) % every < stuckFor) return last;
        if (typeof raw !== "number") return (last = raw);
        const noisy = noise === 0 ? raw : raw + noise * random.normal();
        return (last = Math.round(noisy * scale) / scale);
      },
    };
  };
}

function bareMaker(spec: SignalSpec, parts: ShapeParts): SignalMaker {
  switch (spec.shape) {
    case "constant":
      return () => ({ next: () => spec.value });
    case "sine":
      return sine(spec.mean, spec.amplitude, parts.millis(spec.period));
    case "daily":
      return daily(spec.low, spec.high, spec.peak === undefined ? dayMillis * (14 / 24) : parts.millis(spec.peak));
    case "walk":
      return (random) => new Walk(spec, random);
    case "steps": {
      const every = parts.millis(spec.every);
      return (random) => {
        const from = Math.floor(random.next() * spec.values.length);
        return { next: (elapsed) => spec.values[(from + Math.floor(elapsed / every)) % spec.values.length] };
      };
    }
    case "spikes": {
      const [every, length] = [parts.millis(spec.every), parts.millis(spec.for)];
      return (random) => {
        const from = random.next() * every;
        return { next: (elapsed) => spec.base + ((elapsed + from) % every < length ? spec.height : 0) };
      };
    }
    case "recorded": {
      const column = parts.column(spec.file, spec.column, spec.speed !== undefined);
      return () => column.signal(spec.speed);
    }
  }
}

function sine(mean: number, amplitude: number, period: number): SignalMaker {
  return (random) => {
    const phase = random.next();
    return { next: (elapsed) => mean + amplitude * Math.sin(2 * Math.PI * (elapsed / period + phase)) };
  };
}

/** By the time of day in UTC, highest at `peak` after midnight. */
function daily(low: number, high: number, peak: number): SignalMaker {
  const [mean, amplitude] = [(low + high) / 2, (high - low) / 2];
  return () => ({ next: (_, wall) => mean + amplitude * Math.cos((2 * Math.PI * (wall - peak)) / dayMillis) });
}

class Walk implements Signal {
  readonly #spec: Extract<SignalSpec, { shape: "walk" }>;
  readonly #random: Random;
  #value: number;

  constructor(spec: Extract<SignalSpec, { shape: "walk" }>, random: Random) {
    this.#spec = spec;
    this.#random = random;
    this.#value = spec.start;
  }

  next(): number {
    const { step, min = -Infinity, max = Infinity } = this.#spec;
    const to = this.#value + step * (2 * this.#random.next() - 1);
    // Reflected, since it would stick to a bound where it is cut.
    this.#value = to < min ? Math.min(max, 2 * min - to) : to > max ? Math.max(min, 2 * max - to) : to;
    return this.#value;
  }
}
