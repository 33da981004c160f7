import { expect, it } from "vitest";
import { AckOrder } from "./ack-order.ts";

it("holds what is durable behind a message that may not be acknowledged yet", () => {
  const sent: number[] = [];
  const order = new AckOrder((packetIds) => sent.push(...packetIds));
  const third = order.begin(2);
  order.durable([1]);
  order.durable([2, 4]);
  expect(sent).toEqual([1, 2]);
  third(() => sent.push(3));
  expect(sent).toEqual([1, 2, 3, 4]);
});

it("acknowledges each once and in order where an acknowledgement has the next messages read", () => {
  const sent: number[] = [];
  const order = new AckOrder((packetIds) => {
    sent.push(...packetIds);
    if (packetIds.includes(1)) order.begin(0)(() => sent.push(3));
  });
  order.begin(1)(() => sent.push(2));
  order.durable([1]);
  expect(sent).toEqual([1, 2, 3]);
});
