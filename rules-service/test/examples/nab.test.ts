import { describe, expect, it } from "vitest";
import { nabPresent, nabSeries, nabWindows } from "./nab.ts";
import { exampleRule, replay, type Episode } from "./replay.ts";

/** Worked out from the series by a few lines of another language, and not taken from the engine. */
const expected = [
  {
    file: "machine_temperature_system_failure",
    episodes: ["2013-12-16T15:40 to 2013-12-16T18:40", "2014-02-08T00:30 to 2014-02-09T12:05"],
    met: [2, 4],
    outside: 0,
  },
  {
    file: "TravelTime_451",
    episodes: [
      "2015-07-29T06:49 to 2015-07-29T07:23",
      "2015-07-31T09:59 to 2015-07-31T16:39",
      "2015-08-04T20:48 to 2015-08-04T20:59",
      "2015-08-04T22:13 to 2015-08-04T23:48",
      "2015-08-05T00:30 to 2015-08-05T00:50",
      "2015-08-07T06:09 to 2015-08-07T07:40",
      "2015-08-11T12:07 to 2015-08-11T13:42",
      "2015-08-11T22:52 to 2015-08-11T23:12",
      "2015-08-12T01:42 to 2015-08-12T02:32",
      "2015-08-17T11:37 to 2015-08-17T12:00",
      "2015-09-04T05:53 to 2015-09-04T07:43",
    ],
    met: [1, 1],
    outside: 8,
  },
  {
    file: "occupancy_6005",
    episodes: [
      "2015-09-03T06:16 to 2015-09-03T07:01",
      "2015-09-03T07:31 to 2015-09-03T07:36",
      "2015-09-15T06:55 to 2015-09-15T07:16",
    ],
    met: [1, 1],
    outside: 2,
  },
  {
    file: "speed_6005",
    episodes: [
      "2015-09-17T07:00 to 2015-09-17T07:05",
      "2015-09-17T07:15 to 2015-09-17T07:20",
      "2015-09-17T07:35 to 2015-09-17T07:40",
    ],
    met: [1, 1],
    outside: 0,
  },
  {
    file: "speed_7578",
    episodes: [
      "2015-09-15T14:29 to 2015-09-15T14:44",
      "2015-09-16T13:59 to 2015-09-16T14:50",
      "2015-09-16T16:50 to 2015-09-16T17:25",
      "2015-09-17T14:00 to open",
    ],
    met: [3, 4],
    outside: 1,
  },
  {
    file: "ambient_temperature_system_failure",
    episodes: [
      "2013-12-21T18:00 to 2013-12-24T11:00",
      "2013-12-25T02:00 to 2013-12-25T05:00",
      "2014-01-12T20:00 to 2014-01-13T05:00",
      "2014-04-12T23:00 to 2014-04-14T09:00",
      "2014-04-20T09:00 to 2014-04-21T08:00",
      "2014-05-18T12:00 to 2014-05-19T09:00",
    ],
    met: [2, 2],
    outside: 2,
  },
] as const;

function shown({ steps, clearedAt }: Episode): string {
  const [from, to] = [steps[0]![0], clearedAt].map((at) => at && new Date(at).toISOString().slice(0, 16));
  return `${from} to ${to ?? "open"}`;
}

describe.skipIf(!nabPresent)("one rule for a recorded series", () => {
  it.each(expected)("$file", ({ file, episodes, met, outside }) => {
    const found = replay(exampleRule(`nab/${file}.yaml`), nabSeries(file, "value"));
    expect(found.map(shown)).toEqual(episodes);
    const windows = nabWindows(file);
    const overlaps = ({ steps, clearedAt }: Episode, [from, to]: readonly [number, number]) =>
      steps[0]![0] <= to && (clearedAt ?? Infinity) >= from;
    const hit = windows.filter((window) => found.some((episode) => overlaps(episode, window)));
    expect([hit.length, windows.length]).toEqual(met);
    const astray = found.filter((episode) => !windows.some((window) => overlaps(episode, window)));
    expect(astray).toHaveLength(outside);
  });
});
