import type { Trigger } from "./triggers.ts";

/** What an action tells of: one transition of an episode, and how things stand after it. */
export interface Occasion {
  readonly trigger: Trigger;
  readonly alert: string;
  /** 0 of an operator action. */
  readonly transition: number;
  /** How often it has come due again; 0: it is the first. */
  readonly repetition: number;
  readonly rule: { readonly id: string; readonly name: string; readonly revision: number };
  readonly device: string;
  /** The gateway that it is of, in place of a device. */
  readonly gateway?: string | undefined;
  /** Why a rule on absence raised it. */
  readonly reason?: string | undefined;
  readonly severity: string;
  readonly metric: string;
  readonly value: number | string;
  readonly threshold: number;
  /** Microseconds since the epoch. */
  readonly at: number;
  readonly raisedAt: number;
  readonly clearedAt: number | undefined;
  /** Why it ended; "" while it has not. */
  readonly cause: string;
  readonly by: string;
  readonly comment: string;
  /** Of the rule. */
  readonly labels: Readonly<Record<string, string>>;
  /** Of the rule, with what they name filled in. */
  readonly annotations: Readonly<Record<string, string>>;
}

/** What a group has to tell: each alert once, as things stand with it. */
export interface Digest {
  /** What it is grouped by, with the values. */
  readonly by: Readonly<Record<string, string>>;
  /** Alerts that it is about; so many of them are over. */
  readonly count: number;
  readonly ended: number;
  /** The gravest severity among those that are not over, or of all if every one is. */
  readonly severity: string;
  /** µs: of the newest. */
  readonly at: number;
  /** Those that are named, the gravest first; the others are counted. */
  readonly named: readonly Occasion[];
}

/** What is sent, the same at every attempt. */
export interface Parcel<N> {
  /** Stable: the receiver tells repetitions by it. */
  readonly id: string;
  readonly action: N;
  readonly body: Uint8Array;
}

export type Attempt =
  | { readonly outcome: "delivered"; readonly status: number }
  | {
      readonly outcome: "failed";
      /** 0 where no answer came. */
      readonly status: number;
      readonly error: string;
      /** It will never pass, however often it is repeated. */
      readonly forGood?: boolean;
      /** The other side is unwell, as apart from refusing this one. */
      readonly unwell?: boolean;
      /** The other side asked for this pause, of everything. */
      readonly retryAfterMs?: number;
    };

/** Sends parcels of one kind; never rejects but for the signal. */
export type Sender<N> = (parcel: Parcel<N>, signal: AbortSignal) => Promise<Attempt>;

/** How a kind of action reaches beyond the platform. */
export interface Delivery<N> {
  /** Parcels of one endpoint share its limits and its circuit breaker; the name shows in health and holds no secret. */
  endpointOf(action: N): string;
  /** Shown with its outcome; "" if it is a secret. */
  urlOf(action: N): string;
  compose(action: N, occasion: Occasion): Uint8Array;
  composeDigest(action: N, digest: Digest): Uint8Array;
  createSender(means: DeliveryMeans): Sender<N>;
}

/** What senders need of the process. */
export interface DeliveryMeans {
  /** Values of a name in the file of secrets, newest first; undefined if there is none. */
  readonly secret: (name: string) => readonly string[] | undefined;
  /** Networks that webhooks may reach although they are not public (CIDR). */
  readonly allowedNetworks: readonly string[];
  readonly attemptMs: number;
  readonly smtp: { readonly url: string; readonly from: string } | undefined;
  /** Every address of a host name. Default: the system's resolver. */
  readonly resolve?: ((host: string) => Promise<readonly string[]>) | undefined;
}
