import { readdirSync } from "node:fs";
import type { Device } from "@headwater/aggregates";
import { describe, expect, it } from "vitest";
import { nabPresent, nabSeries } from "./nab.ts";
import { effectsOf, exampleRule, replay, type Episode, type Value } from "./replay.ts";

/** A Monday. Times below are minutes after it. */
const monday = Date.parse("2026-03-02T00:00:00Z");
const minute = 60_000;

type Samples = readonly (readonly [number, Readonly<Record<string, Value>>])[];

interface Story {
  readonly rule: string;
  readonly samples: Samples;
  /** Each episode in minutes: "15 critical, 25 cleared". */
  readonly episodes: readonly string[];
  readonly device?: Partial<Device>;
}

/** A value for each minute from `from` up to, not including, `to`. */
function each(from: number, to: number, values: (at: number) => Readonly<Record<string, Value>>, step = 1): Samples {
  return Array.from({ length: Math.ceil((to - from) / step) }, (_, index) => {
    const at = from + index * step;
    return [at, values(at)] as const;
  });
}

function of(metric: string, values: readonly (readonly [number, Value])[]): Samples {
  return values.map(([at, value]) => [at, { [metric]: value }]);
}

const silence = (at: number): Samples => [[at, {}]];

const stories: readonly Story[] = [
  {
    rule: "freezer-too-warm",
    // Above from 5 on, so for ten minutes at 15; -13 lies between the two limits.
    samples: of("temperature", [
      [0, -18],
      [5, -11],
      [10, -10],
      [15, -10],
      [20, -13],
      [25, -16],
    ]),
    episodes: ["15 critical, 25 cleared"],
  },
  {
    rule: "boiler-levels",
    samples: of("temperature", [
      [0, 70],
      [1, 85],
      [2, 95],
      [3, 85],
      [4, 70],
    ]),
    device: { type: "boiler" },
    episodes: ["1 warning, 2 critical, 3 warning, 4 cleared"],
  },
  {
    rule: "pump-vibrates",
    samples: of("vibration", [
      [0, 8],
      [1, 8],
      [2, 5],
      [3, 8],
      [4, 8],
      [5, 8],
      [6, 4],
    ]),
    device: { type: "pump" },
    episodes: ["5 warning, 6 cleared"],
  },
  {
    rule: "hot-on-average",
    // At 15 four readings of 70 and six of 90, a mean of 82; at 25 five of 90 and six of 60, or four and six.
    samples: [
      ...each(0, 10, () => ({ temperature: 70 })),
      ...each(10, 20, () => ({ temperature: 90 })),
      ...each(20, 40, () => ({ temperature: 60 })),
    ],
    episodes: ["15 warning, 25 cleared"],
  },
  {
    rule: "door-opened-often",
    // The fourth opening of the hour; the first is an hour ago at 60.
    samples: [...each(0, 40, (at) => ({ door: at % 10 === 0 ? "open" : "shut" }), 5), ...silence(80)],
    episodes: ["30 info, 60 cleared"],
  },
  {
    rule: "answers-are-slow",
    // Every second answer from 60 to 90: 10 of 60 in the hour before 80, 5 of 60 in that before 140.
    samples: each(0, 160, (at) => ({ latency: at >= 60 && at < 90 && at % 2 === 0 ? 800 : 100 })),
    episodes: ["80 warning, 140 cleared"],
  },
  {
    rule: "tank-leaks",
    // Three a minute from 20 on: after seven minutes 2.1 a minute over ten. At 41 somebody fills it up.
    samples: each(0, 50, (at) => ({ level: at <= 20 || at > 40 ? 100 : 100 - 3 * (at - 20) })),
    episodes: ["27 critical, 41 cleared"],
  },
  {
    rule: "level-dropped",
    samples: each(0, 30, (at) => ({ level: at <= 10 ? 50 : 44 })),
    episodes: ["11 warning, 21 cleared"],
  },
  {
    rule: "power-unusual",
    samples: each(0, 70, (at) => ({ power: at === 61 ? 160 : 100 })),
    episodes: ["61 warning, 62 cleared"],
  },
  {
    rule: "meter-silent",
    samples: [
      ...of("energy", [
        [0, 1],
        [5, 2],
        [10, 3],
      ]),
      ...each(11, 40, () => ({})),
      ...of("energy", [[40, 4]]),
    ],
    device: { type: "meter" },
    episodes: ["25 warning, 40 cleared"],
  },
  {
    rule: "humidity-missing",
    samples: each(0, 60, (at) => ({ temperature: 20, ...((at <= 5 || at === 50) && { humidity: 40 }) }), 5),
    episodes: ["35 info, 50 cleared"],
  },
  {
    rule: "condensation",
    samples: [
      [0, { dewpoint: 10, surface: 15 }],
      [1, { dewpoint: 12, surface: 11 }],
      [2, { dewpoint: 12, surface: 14 }],
    ],
    episodes: ["1 warning, 2 cleared"],
  },
  {
    rule: "above-own-limit",
    samples: of("temperature", [
      [0, 55],
      [1, 65],
      [2, 58],
    ]),
    device: { attributes: { "limits.max": 60 } },
    episodes: ["1 warning, 2 cleared"],
  },
  {
    rule: "above-own-limit",
    samples: of("temperature", [
      [0, 55],
      [1, 65],
      [2, 85],
      [3, 58],
    ]),
    episodes: ["2 warning, 3 cleared"],
  },
  {
    rule: "hot-and-no-fan",
    samples: each(0, 6, (at) => ({ temperature: 85, fan: at === 0 || at >= 4 })),
    episodes: ["3 critical, 4 cleared"],
  },
  {
    rule: "something-is-open",
    samples: [
      [0, { door: "shut" }],
      [1, { window: "open" }],
      [2, { door: "open" }],
      [3, { window: "shut" }],
      [4, { door: "shut" }],
    ],
    episodes: ["1 info, 4 cleared"],
  },
  {
    rule: "fault-code",
    samples: of("code", [
      [0, "OK"],
      [1, "E1"],
      [2, "E2"],
      [3, "E7"],
    ]),
    episodes: ["1 critical, 3 cleared"],
  },
  {
    rule: "office-too-warm",
    // In March Berlin is an hour ahead: from 05:00 to 21:00 in UTC.
    samples: each(0, 1440, () => ({ temperature: 27 }), 30),
    episodes: ["300 warning, 1260 cleared"],
  },
  {
    rule: "pressure-flaps",
    // The fourth change within ten minutes is that at 3; the last one is at 5.
    samples: [
      ...of("pressure", [
        [0, 81],
        [1, 79],
        [2, 81],
        [3, 79],
        [4, 81],
        [5, 79],
      ]),
      ...each(6, 20, () => ({ pressure: 70 })),
    ],
    episodes: ["0 warning, 1 cleared", "2 warning, 3 flapping, 15 cleared"],
  },
  {
    rule: "gas-alarm",
    samples: each(0, 20, (at) => ({ gas: at >= 1 && at < 13 ? 60 : 10 })),
    episodes: ["1 critical, 13 cleared"],
  },
  {
    rule: "site-in-trouble",
    // Below from 2 on, so for a minute at 3; 1 lies between the two limits.
    samples: of("pressure", [
      [0, 1.5],
      [2, 0.5],
      [3, 0.5],
      [4, 1],
      [5, 1.5],
    ]),
    device: { type: "boiler", tags: { site: "north" } },
    episodes: ["3 critical, 5 cleared"],
  },
  {
    rule: "hot-in-the-north",
    samples: of("temperature", [
      [0, 70],
      [1, 85],
      [2, 70],
    ]),
    device: { tags: { site: "north" } },
    episodes: ["1 warning, 2 cleared"],
  },
  {
    rule: "hot-in-the-north",
    samples: of("temperature", [
      [0, 70],
      [1, 85],
    ]),
    device: { tags: { site: "south" } },
    episodes: [],
  },
];

function shown({ steps, clearedAt }: Episode): string {
  const minutes = (at: number) => (at - monday) / minute;
  const cleared = clearedAt === undefined ? [] : [`${minutes(clearedAt)} cleared`];
  return [...steps.map(([at, severity]) => `${minutes(at)} ${severity}`), ...cleared].join(", ");
}

describe("the gallery of rules", () => {
  it("has twenty and more, each with a sentence that says what it is for and a story", () => {
    const names = readdirSync(new URL("../../../docs/examples/gallery/", import.meta.url));
    expect(names.length).toBeGreaterThanOrEqual(20);
    const told = new Set([...stories.map(({ rule }) => `${rule}.yaml`), "machine-cools-down.yaml"]);
    expect([...told].toSorted()).toEqual(names.toSorted());
    for (const name of names) expect(exampleRule(`gallery/${name}`)["description"]).toMatch(/\.$/);
  });

  it.each(stories)("$rule: $episodes", ({ rule, samples, episodes, device }) => {
    const timed = samples.map(([at, values]) => ({ time: monday + at * minute, values }));
    expect(replay(exampleRule(`gallery/${rule}.yaml`), timed, device).map(shown)).toEqual(episodes);
  });

  it("gas-alarm: the siren sounds again, and is switched off once", () => {
    const samples = each(0, 20, (at) => ({ gas: at >= 1 && at < 13 ? 60 : 10 }));
    const timed = samples.map(([at, values]) => ({ time: monday + at * minute, values }));
    const told = effectsOf(exampleRule("gallery/gas-alarm.yaml"), timed).commands;
    expect(told.map(({ at, requested }) => `${(at! / 1000 - monday) / minute} ${requested!.name}`)).toEqual([
      ...["1 sound_siren", "6 sound_siren", "11 sound_siren", "13 silence_siren"],
    ]);
  });

  it.skipIf(!nabPresent)("machine-cools-down: both stops of a recorded machine", () => {
    const found = replay(
      exampleRule("gallery/machine-cools-down.yaml"),
      nabSeries("machine_temperature_system_failure", "temperature"),
    );
    const times = found.map(({ steps, clearedAt }) =>
      [steps[0]![0], clearedAt!].map((at) => new Date(at).toISOString()),
    );
    expect(times).toEqual([
      ["2013-12-16T15:40:00.000Z", "2013-12-16T18:40:00.000Z"],
      ["2014-02-08T00:30:00.000Z", "2014-02-09T12:05:00.000Z"],
    ]);
  });
});
