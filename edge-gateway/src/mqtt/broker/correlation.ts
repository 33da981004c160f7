/** By what a client of MQTT 5 tells its requests apart (4.10.2). */
export interface Correlation {
  readonly correlationData?: Buffer;
}

/** A message that the gateway itself answers. */
export interface RequestMessage {
  readonly payload: Buffer;
  readonly properties?: Correlation;
}

/** What an answer has of its request; undefined: nothing. */
export function correlationOf(request: Correlation | undefined): Correlation | undefined {
  const { correlationData } = request ?? {};
  return correlationData === undefined ? undefined : { correlationData };
}
