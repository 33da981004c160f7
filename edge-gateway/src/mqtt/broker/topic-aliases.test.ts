import { generate, type IPublishPacket } from "mqtt-packet";
import { expect, it } from "vitest";
import { TopicAliases } from "./topic-aliases.ts";

const message = (topic: string): IPublishPacket => ({
  ...{ cmd: "publish", topic, payload: "x", qos: 0, dup: false, retain: false },
  properties: { contentType: "text/plain" },
});
const plain = (topic: string): Buffer => generate(message(topic), { protocolVersion: 5 });
/** What a topic costs on the wire each time that it is told. */
const lengths = (aliases: TopicAliases, topic: string, times: number, largest = Infinity): number[] =>
  Array.from({ length: times }, () => aliases.generate(message(topic), largest).length - plain(topic).length);

it("a topic is told with its number the second time, and by it from then on", () => {
  const aliases = new TopicAliases(2);
  expect(lengths(aliases, "a/topic", 4)).toEqual([0, 3, -4, -4]);
  expect(lengths(aliases, "another", 3)).toEqual([0, 3, -4]);
  // All are given.
  expect(lengths(aliases, "a/third", 3)).toEqual([0, 0, 0]);
  expect(lengths(aliases, "a/topic", 1)).toEqual([-4]);
});

it("a message is not made larger than its client takes", () => {
  const aliases = new TopicAliases(2);
  const most = plain("a/topic").length;
  expect(lengths(aliases, "a/topic", 4, most)).toEqual([0, 0, 0, 0]);
  expect(lengths(aliases, "a/topic", 3, most + 3)).toEqual([0, 3, -4]);
});

it("topics that come once take no number, however many there are, and a client that takes many gets few", () => {
  const aliases = new TopicAliases(65_535);
  for (let command = 0; command < 1000; command += 1) expect(lengths(aliases, `c/${command}`, 1)).toEqual([0]);
  const given = Array.from({ length: 40 }, (_, index) => lengths(aliases, `topic/${index}`, 3).at(-1)! < 0);
  expect(given.filter(Boolean)).toHaveLength(16);
});
