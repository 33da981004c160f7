import type { RecentPublishes } from "../redelivery/recent-publishes.ts";
import type { UserProperties } from "./user-properties.ts";
import { unacknowledged, type Acknowledgement, type DurableCallback, type Owner } from "./acknowledgement.ts";

const nothing = new Uint8Array(0);

/**
 * A PUBLISH on its way through the pipeline, and whom to tell that it is durable. A receiver fills one object anew for
 * each message: the pipeline copies all that it keeps before a call returns.
 */
export class IncomingMessage implements Acknowledgement {
  topic = "";
  payload: Uint8Array = nothing;
  /** Empty, and meant to be retained: the usual way to clear what a broker retains, and no reading. */
  isClear = false;
  qos: 0 | 1 | 2 = 0;
  packetId: number = unacknowledged;
  /** Whether the sender may have sent it before; only then a QoS 1 message is looked for among its recent ones. */
  maybeRepeated = false;
  /** Of MQTT 5. */
  userProperties: UserProperties | undefined;
  /** Names the session of the sender in the journal of QoS 2. */
  session = "";
  /** The QoS 1 messages that the session sent last. */
  recent: RecentPublishes | undefined;
  owner: Owner | undefined;
  callback: DurableCallback | undefined;
  /** CRC-32 of topic and payload; of QoS 1 messages, filled in by the processor. */
  hash = 0;
  /** The name in the journal of QoS 2; filled in by the processor. */
  token = "";
}
