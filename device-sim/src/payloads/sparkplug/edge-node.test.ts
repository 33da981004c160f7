import { brokerRoutes, type DecodedMessage, defaultDecodeLimits } from "@headwater/decode";
import { expect, it } from "vitest";
import { EdgeNode, type Publication } from "./edge-node.ts";

const time = 1_700_000_000_000;
const setup = { id: "plant:line-1", devices: 2, metrics: ["temperature", "mode"], identity: "seq" };

/** Headwater's own decoder, as one gateway has it for all of its connections. */
function reader() {
  const routes = brokerRoutes([]);
  return ({ topic, payload }: Publication): DecodedMessage & { readonly device: string | undefined } => {
    const { decoder, device } = routes.find(topic)!;
    return { device, ...decoder(payload, defaultDecodeLimits) };
  };
}

const rows = ({ device, samples }: DecodedMessage & { readonly device: string | undefined }) =>
  samples.flatMap((sample) =>
    sample.readings.map(({ metric, value }) => [device, metric, value, Number(sample.time) / 1_000]),
  );
const asks = ({ effects }: DecodedMessage) => effects?.publish ?? [];

it("data by alias alone are read after the births, also of another type than a birth without a value has said", () => {
  const [node, read] = [new EdgeNode(setup), reader()];
  node.connects(time);
  const births = node.births(time).map(read);
  expect(births.map(({ device }) => device)).toEqual(["plant:line-1", "plant:line-1:1", "plant:line-1:2"]);
  expect(births.flatMap(rows)).toEqual([]);
  const said = [
    node.data(
      0,
      time + 1,
      [
        ["temperature", 20.5],
        ["mode", "idle"],
        ["seq", 1],
      ],
      0,
      false,
    ),
    node.data(
      2,
      time + 2,
      [
        ["mode", true],
        ["seq", 1],
      ],
      300,
      false,
    ),
    node.data(
      0,
      time + 3,
      [
        ["mode", "busy"],
        ["seq", 2],
      ],
      0,
      false,
    ),
  ];
  expect(said[0]!.payload.length).toBeLessThan(70);
  expect(said[1]!.payload.length).toBeGreaterThan(295);
  const found = said.map(read);
  expect(found.flatMap(({ effects }) => (effects === undefined ? [] : [effects]))).toEqual([]);
  expect(found.flatMap(rows)).toEqual([
    ["plant:line-1", "temperature", 20.5, time + 1],
    ["plant:line-1", "mode", "idle", time + 1],
    ["plant:line-1", "seq", 1, time + 1],
    ["plant:line-1:2", "mode", true, time + 2],
    ["plant:line-1:2", "seq", 1, time + 2],
    ["plant:line-1", "mode", "busy", time + 3],
    ["plant:line-1", "seq", 2, time + 3],
  ]);
});

it("a message that is lost has the node asked for its births, which say the newest values with their times", () => {
  const [node, read] = [new EdgeNode(setup), reader()];
  node.connects(time);
  node.births(time).forEach(read);
  read(
    node.data(
      0,
      time + 1,
      [
        ["temperature", 20],
        ["seq", 1],
      ],
      0,
      false,
    ),
  );
  node.data(
    0,
    time + 2,
    [
      ["temperature", 21],
      ["seq", 2],
    ],
    0,
    false,
  );
  const after = read(
    node.data(
      0,
      time + 3,
      [
        ["temperature", 22],
        ["seq", 3],
      ],
      0,
      false,
    ),
  );
  expect(after.effects).toMatchObject({ lost: 1 });
  const [asked] = asks(after);
  expect(node.isAskedForBirths(asked!.topic, Buffer.from(asked!.payload))).toBe(true);
  expect(node.isAskedForBirths("spBv1.0/plant/DCMD/line-1/1", Buffer.from(asked!.payload))).toBe(false);
  const births = node.births(time + 4).map(read);
  // No number: a message is counted once.
  expect(births.flatMap(rows)).toEqual([["plant:line-1", "temperature", 22, time + 3]]);
  expect(births.flatMap(asks)).toEqual([]);
  // What was measured before is no newest value.
  read(node.data(0, time, [["temperature", 19]], 0, false));
  expect(
    node
      .births(time + 5)
      .map(read)
      .flatMap(rows),
  ).toEqual([["plant:line-1", "temperature", 22, time + 3]]);
});

it("a session's last will and its death name its births; the next one counts from there", () => {
  const [node, read] = [new EdgeNode(setup), reader()];
  const first = node.connects(time);
  node.births(time).forEach(read);
  const second = node.connects(time + 1);
  const [born] = node.births(time + 1).map(read);
  expect(born!.effects!.presence!.map(({ online, session }) => [online, session])).toEqual([
    [false, "sparkplug:0"],
    [false, "sparkplug:0"],
    [false, "sparkplug:0"],
    [true, "sparkplug:1"],
  ]);
  expect([first.qos, read(first).effects]).toEqual([1, { ignored: "death-of-an-older-session" }]);
  const [, ...deaths] = [read(second), read(node.death(time + 2))];
  expect(deaths.flatMap(({ effects }) => effects!.presence!.map(({ online }) => online))).toEqual([false]);
  for (let i = 2; i < 256; i++) node.connects(time);
  node.births(time).forEach(read);
  node.connects(time);
  expect(read(node.births(time)[0]!).effects!.presence!.at(-1)).toMatchObject({ session: "sparkplug:0" });
});

it("an id that is no edge node's is refused", () => {
  expect(() => new EdgeNode({ ...setup, id: "a:plant:line-1" })).toThrow("write --prefix without a colon");
});
