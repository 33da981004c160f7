import type { Client } from "aedes";
import type { Packet } from "mqtt-packet";
import { notKept, type Remark } from "../../pipeline/commit/acknowledgement.ts";
import { AckOrder } from "./ack-order.ts";
import { readOn } from "./aedes-internals.ts";

/** Whose messages are acknowledged. */
interface Sender {
  readonly client: Client;
  /** Whether it wants to be told more than reason codes. */
  readonly tellsMore: boolean;
  /** Messages of QoS 1 whose acknowledgement waits for their group commit alone. */
  unheard: number;
  /** Writes a packet of MQTT 5 whose properties only explain it. */
  tell(packet: Packet): void;
}

const pubackHeader = 0x40;
const pubrecHeader = 0x50;
/** What is told of a message with its acknowledgement is cut after so many characters. */
const longestRemark = 256;
/** Reason codes of MQTT 5. */
const quotaExceeded = 0x97;
const noMatchingSubscribers = 0x10;
const noRoom = "The gateway's spool is full and drops new messages; send it again later";

/** PUBACK and PUBREC to one client, in the order of its messages. */
export class Acknowledgements {
  readonly #sender: Sender;
  /** Of the group commit that is being acknowledged. */
  #durable: number[] = [];
  // Made when they are needed: of most connections nobody but the log hears a message.
  #pubacks: AckOrder | undefined;
  #pubrecs: AckOrder | undefined;
  #remarks: Map<number, Remark> | undefined;

  constructor(sender: Sender) {
    this.#sender = sender;
  }

  /** More to say of a message (MQTT 5), noted until its acknowledgement goes out. */
  remark(packetId: number, remark: Remark): void {
    this.#remarks ??= new Map();
    this.#remarks.set(packetId, remark);
  }

  /**
   * For a message whose acknowledgement waits for more than its group commit. Answers with what to call once it may be
   * acknowledged, with what does that: it does so when all before it are. For a client that is gone nothing is done.
   */
  inTurn(qos: number): (acknowledge: () => void) => void {
    const { client, unheard } = this.#sender;
    const turn = this.#orderOf(qos).begin(qos === 2 ? 0 : unheard);
    return (acknowledge) => {
      if (!client.closed) turn(acknowledge);
    };
  }

  /** Messages that could be acknowledged, but for those before them. */
  get held(): number {
    return (this.#pubacks?.held ?? 0) + (this.#pubrecs?.held ?? 0);
  }

  #orderOf(qos: number): AckOrder {
    if (qos === 2) return (this.#pubrecs ??= new AckOrder(() => {}));
    return (this.#pubacks ??= new AckOrder((packetIds) => this.#send(packetIds)));
  }

  /** Of the messages that wait for their group commit alone the next is durable; answers whether it is the first. */
  durable(packetId: number): boolean {
    return this.#durable.push(packetId) === 1;
  }

  /** Acknowledges what is durable, as far as nothing before it waits. */
  sendDurable(): void {
    const durable = this.#durable;
    this.#durable = [];
    if (this.#pubacks === undefined) this.#send(durable);
    else this.#pubacks.durable(durable);
  }

  /** PUBACK of a message that was passed on to its subscribers. */
  passedOn(packetId: number): void {
    const remark = this.#takeRemark(packetId);
    if (remark === undefined) this.#writeShortly(pubackHeader, packetId);
    else this.#writeRemark(packetId, 1, remark);
    this.#readOnLater();
  }

  /** PUBACK of a message that nobody hears and that becomes no record (MQTT 5). */
  heardByNobody(packetId: number): void {
    this.#writeShortly(pubackHeader, packetId, noMatchingSubscribers);
    this.#readOnLater();
  }

  /** PUBREC of a message that is known by its identifier until its PUBREL. */
  received(packetId: number): void {
    const remark = this.#takeRemark(packetId);
    // So is one that was not kept: there has to be a PUBREL, and so no reason code that says it failed.
    if (remark === undefined || remark === notKept) this.#writeShortly(pubrecHeader, packetId);
    else this.#writeRemark(packetId, 2, remark);
    this.#readOnLater();
  }

  /** One write for all of them; then aedes, which waits for each packet to be done, reads on. */
  #send(packetIds: number[]): void {
    const sender = this.#sender;
    const count = packetIds.length;
    sender.unheard -= count;
    if (this.#remarks !== undefined) this.#sendRemarks(packetIds);
    this.#write(packetIds);
    // The guard cuts a client that never reads its acknowledgements.
    readOn(sender.client, count);
  }

  /** Acknowledges what there is more to say of; the others are left. */
  #sendRemarks(packetIds: number[]): void {
    const all = packetIds.splice(0);
    for (const id of all) {
      const remark = this.#takeRemark(id);
      if (remark === undefined) {
        packetIds.push(id);
        continue;
      }
      this.#write(packetIds.splice(0));
      this.#writeRemark(id, 1, remark);
    }
  }

  #takeRemark(packetId: number): Remark | undefined {
    const remarks = this.#remarks;
    const remark = remarks?.get(packetId);
    if (remark !== undefined && remarks!.delete(packetId) && remarks!.size === 0) this.#remarks = undefined;
    return remark;
  }

  #writeRemark(messageId: number, qos: number, remark: Remark): void {
    const cmd = qos === 2 ? "pubrec" : "puback";
    const reasonCode = remark === notKept ? quotaExceeded : 0;
    const text = remark.quarantined?.slice(0, longestRemark);
    const properties = text === undefined ? { reasonString: noRoom } : { userProperties: { quarantined: text } };
    this.#sender.tell({ cmd, messageId, reasonCode, ...(this.#sender.tellsMore && { properties }) });
  }

  /** Without what may be left out (MQTT 5, 3.4.2 and 3.5.2). */
  #writeShortly(header: number, packetId: number, reasonCode?: number): void {
    const id = [packetId >>> 8, packetId & 0xff] as const;
    const tail = reasonCode === undefined ? id : ([...id, reasonCode] as const);
    this.#sender.client.conn.write(Buffer.of(header, tail.length, ...tail));
  }

  #write(packetIds: readonly number[]): void {
    if (packetIds.length === 0) return;
    const bytes = Buffer.allocUnsafe(4 * packetIds.length);
    for (let i = 0; i < packetIds.length; i += 1) {
      const id = packetIds[i]!;
      bytes[4 * i] = pubackHeader;
      bytes[4 * i + 1] = 2;
      bytes[4 * i + 2] = id >>> 8;
      bytes[4 * i + 3] = id & 0xff;
    }
    this.#sender.client.conn.write(bytes);
  }

  /** Not at once: the broker may be in the middle of this packet. */
  #readOnLater(): void {
    setImmediate(readOn, this.#sender.client, 1);
  }
}
