/** Types of packets, the upper half of their first byte (3.1.1, section 2.2.1). */
export const types = {
  connect: 1,
  connack: 2,
  publish: 3,
  puback: 4,
  pubrec: 5,
  pubrel: 6,
  pubcomp: 7,
  subscribe: 8,
  suback: 9,
  unsubscribe: 10,
  unsuback: 11,
  pingreq: 12,
  pingresp: 13,
  disconnect: 14,
  /** MQTT 5 alone. */
  auth: 15,
} as const;

/** The lower half of the first byte as 3.1.1 wants it (section 2.2.2), by type. PUBLISH has flags of its own. */
export const requiredFlags: readonly number[] = [0, 0, 0, 0, 0, 0, 2, 0, 2, 0, 2, 0, 0, 0, 0, 0];

/** The only remaining length that a type can have; -1: others too. */
export const fixedLength: readonly number[] = [-1, -1, -1, -1, 2, 2, 2, 2, -1, -1, -1, -1, 0, -1, 0, -1];

/** The least remaining length that a type can have: a SUBSCRIBE without a filter is told apart by its check. */
export const leastLength: readonly number[] = [0, 0, 0, 2, 2, 2, 2, 2, 2, 0, 2, 0, 0, 0, 0, 0];
