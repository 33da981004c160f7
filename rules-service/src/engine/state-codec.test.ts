import { expect, it } from "vitest";
import { beginning } from "../readings/position.ts";
import { noActions, withCourse } from "./episode-actions.ts";
import { noEpisode } from "./episode-machine.ts";
import { unmuted, type Episode } from "./episode.ts";
import type { InstanceFields } from "./instance.ts";
import { UnreadableStateError } from "./errors.ts";
import { decodeInstance, encodeInstance } from "./state-codec.ts";

const time = 1_700_000_000_000_000;
const times = { time, eventTime: time, receivedAt: time + 500, logTime: time + 1000 };
const identity = { offset: 7, index: 1, gateway: "g", epoch: 3, n: 8, derivedBy: "" };
const reading = { ...times, ...identity, metric: "t", value: 95.5, isBoolean: false };
const begun = { time, logTime: reading.logTime, gateway: "g", reading };
const idle = { program: 4, episode: noEpisode };
const hot = { program: 17, episode: { rank: 2, raisedAt: time, begun, muted: false } };
const acted = withCourse(noActions, { acted: true, ended: false, retracted: false });
const open: Episode = {
  born: '["","g",3,0,8,1]',
  alertId: "d4369da5-7236-5254-b727-b317ad65cafc",
  key: '["","g",3,0,8,1]',
  armed: reading,
  bornAt: reading,
  ...{ told: 1, raisedAt: time, rank: 2, clearedAt: undefined, end: undefined, retracted: false },
  ...{ mutedBy: unmuted, flapping: false, actions: acted },
};
const plain: InstanceFields = {
  ...{ likeness: "YlAg248gTSB", grounding: "300", generation: 4, from: 0, firedTo: -Infinity },
  ...{ base: { ...beginning, state: idle }, history: [{ ...reading, state: hot }], refused: [], state: hot },
  episodes: [open],
};

function written(fields: InstanceFields): InstanceFields {
  return decodeInstance(Uint8Array.from(encodeInstance(fields)));
}

/** An instance as a footing has it: without what else its sample has. */
function expected(fields: InstanceFields): InstanceFields {
  const history = fields.history.map(({ time: at, offset, index, state }) => ({ time: at, offset, index, state }));
  return { ...fields, history };
}

it("takes no more than 150 bytes for an open episode", () => {
  expect(encodeInstance(plain).length).toBeLessThan(150);
});

it("comes back as it was written", () => {
  const derived = { ...reading, value: "open", derivedBy: "2:other", eventTime: time - 1, offset: 9 };
  const later = { ...hot, episode: { ...hot.episode, rank: 1, begun: { ...begun, reading: derived } } };
  const cleared: Episode = {
    ...open,
    ...{ alertId: `${time}/cause`, armed: { time: time - 5, offset: 0, index: 0 }, clearedAt: time + 0.5 },
    bornAt: { time: time - 4, offset: 2, index: 1 },
    ...{ end: { time: time + 1, offset: 8, index: 0 }, retracted: true, mutedBy: ["a", "b"], flapping: true },
    actions: { ...acted, acknowledged: true, repeating: [{ action: 1, transition: 1, last: time, count: 2 }] },
  };
  const muted = { program: { list: [1, 2.5] }, episode: { ...noEpisode, muted: true } };
  const full: InstanceFields = {
    ...plain,
    ...{ generation: 1000, from: 12, firedTo: time + 7, refused: [{ time, offset: 3, index: 2 ** 31 }], state: muted },
    base: { time: time - 1, offset: 2, index: 0, state: later },
    history: [
      { ...reading, state: hot },
      { ...reading, offset: 9, state: later },
    ],
    episodes: [
      open,
      cleared,
      { ...open, alertId: "D4369DA5-7236-5254-B727-B317AD65CAFC" },
      { ...open, actions: withCourse(noActions, { ...acted.course, since: 3 }) },
    ],
  };
  expect(written(plain)).toEqual(expected(plain));
  expect(written(full)).toEqual(expected(full));
});

it("keeps one object of a state where the clock has not gone ahead of the readings", () => {
  const still = written(plain);
  expect(still.state).toBe(still.history.at(-1)!.state);
  const ahead = written({ ...plain, state: { ...hot } });
  expect(ahead.state).not.toBe(ahead.history.at(-1)!.state);
  expect(ahead.state).toEqual(hot);
});

it("reads what one reading began of two rules as one", () => {
  const [one, other] = [written(plain), written({ ...plain, likeness: "another" })];
  expect(one.state.episode.begun!.reading).toBe(other.state.episode.begun!.reading);
  expect(one.state.episode).toBe(other.state.episode);
  const critical = written({ ...plain, state: { ...hot, episode: { ...hot.episode, rank: 3 } } });
  expect(critical.state.episode).toEqual({ ...hot.episode, rank: 3 });
});

it("reads no state that is cut off, or longer than it should be", () => {
  const whole = Uint8Array.from(encodeInstance(plain));
  for (let length = 0; length < whole.length; length++) {
    expect(() => decodeInstance(whole.subarray(0, length)), `${length} bytes`).toThrow(UnreadableStateError);
  }
  expect(() => decodeInstance(Uint8Array.of(...whole, 0))).toThrow(UnreadableStateError);
});

it("reads what is no state to its end, and no further", () => {
  const whole = Uint8Array.from(encodeInstance(plain));
  for (let place = 0; place < whole.length; place++) {
    for (const byte of [0, 1, 127, 128, 255]) {
      const other = whole.slice();
      other[place] = byte;
      try {
        decodeInstance(other);
      } catch (error) {
        expect(error, `${byte} at ${place}`).toBeInstanceOf(UnreadableStateError);
      }
    }
  }
});
