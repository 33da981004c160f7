import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { OutgoingQueue, type Cleared, type OutgoingPacket } from "./outgoing-queue.ts";

/** The rules of the queue in their plain form: one list, gone through for each question. */
class PlainQueue {
  packets: OutgoingPacket[] = [];

  add(packet: OutgoingPacket): void {
    this.packets.push({ ...packet });
  }

  update(packet: OutgoingPacket): boolean {
    const isRelease = packet.cmd === "pubrel";
    const at = this.packets.findIndex((known) =>
      isRelease ? known.messageId === packet.messageId : known.brokerCounter === packet.brokerCounter,
    );
    if (at < 0) return false;
    this.packets[at] = isRelease ? packet : { ...this.packets[at]!, messageId: packet.messageId! };
    return true;
  }

  clear({ messageId, brokerCounter }: Cleared): boolean {
    const at = this.packets.findIndex(
      (packet) => packet.messageId === messageId && (messageId !== undefined || packet.brokerCounter === brokerCounter),
    );
    if (at >= 0) this.packets.splice(at, 1);
    return at >= 0;
  }
}

const publish = (brokerCounter: number, messageId?: number): OutgoingPacket => ({
  ...{ cmd: "publish", brokerId: "b", brokerCounter, topic: "t", payload: "p" },
  ...(messageId !== undefined && { messageId }),
});
const release = (messageId: number): OutgoingPacket => ({ cmd: "pubrel", messageId });

describe("the queue of a session", () => {
  const id = fc.integer({ min: 1, max: 6 });
  const step = fc.oneof(
    fc.record({ does: fc.constant("add" as const) }),
    fc.record({ does: fc.constant("send" as const), counter: fc.integer({ min: 1, max: 12 }), id }),
    fc.record({ does: fc.constant("release" as const), id }),
    fc.record({ does: fc.constant("clear" as const), id }),
    fc.record({ does: fc.constant("clearUnsent" as const), counter: fc.integer({ min: 1, max: 12 }) }),
  );

  it("answers and holds as a list that is gone through would", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const queue = new OutgoingQueue();
        const plain = new PlainQueue();
        let counter = 0;
        for (const next of steps) {
          if (next.does === "add") {
            counter += 1;
            queue.add(publish(counter));
            plain.add(publish(counter));
          } else if (next.does === "send") {
            // No identifier is given that another message has.
            const other = plain.packets.find(({ messageId }) => messageId === next.id);
            if (other !== undefined && other.brokerCounter !== next.counter) continue;
            const packet = publish(next.counter, next.id);
            expect(queue.update(packet)).toBe(plain.update(packet));
          } else if (next.does === "release") {
            expect(queue.update(release(next.id))).toBe(plain.update(release(next.id)));
          } else {
            const cleared =
              next.does === "clear" ? { messageId: next.id } : { brokerId: "b", brokerCounter: next.counter };
            expect(queue.clear(cleared) !== undefined).toBe(plain.clear(cleared));
          }
          expect(queue.length).toBe(plain.packets.length);
          expect(queue.bytes).toBe(2 * plain.packets.length);
          for (let packetId = 0; packetId <= 6; packetId += 1)
            expect(queue.holds(packetId)).toBe(plain.packets.some(({ messageId }) => messageId === packetId));
          expect(queue.packets().map(({ cmd, brokerCounter, messageId }) => [cmd, brokerCounter, messageId])).toEqual(
            plain.packets.map(({ cmd, brokerCounter, messageId }) => [cmd, brokerCounter, messageId]),
          );
        }
      }),
      { numRuns: 300 },
    );
  });

  it("tells what was sent before from what was not, and what the broker counted from what is shared", () => {
    const queue = new OutgoingQueue();
    queue.add(publish(3));
    queue.add(publish(4));
    queue.update(publish(3, 1));
    expect(queue.packets().map(({ dup }) => dup === true)).toEqual([true, false]);
    expect([...queue.counters()]).toEqual([3, 4]);
  });
});
