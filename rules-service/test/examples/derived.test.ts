import { expect, it } from "vitest";
import { change, all } from "../engine/harness.ts";
import { Partition } from "../engine/partition.ts";
import { exampleRule } from "./replay.ts";

it("air density is derived from pressure and the last temperature, and judged in turn", () => {
  const p = new Partition();
  p.device("d", { type: "weather-station" });
  for (const name of ["turbine-output-low", "air-density"]) {
    all(p.engine.applyRule(change(exampleRule(`derived/${name}.yaml`)), p.effects));
  }
  const minute = (at: number, temperature: number, pressure: number): void => {
    p.read(60 * at, temperature, { metric: "temperature" });
    p.read(60 * at + 1, pressure, { metric: "pressure" });
  };
  minute(0, 15, 1013.25);
  minute(1, 40, 980);
  minute(2, 40, 980);
  minute(3, 40, 980);
  minute(4, 15, 1013.25);
  const densities = p.effects.derivations.map(({ readings }) => readings![0]!.number!.toFixed(3));
  expect(densities).toEqual(["1.225", "1.090", "1.090", "1.090", "1.225"]);
  expect(p.emitted().filter((each) => !each.startsWith("derived"))).toEqual(["raised info @181", "cleared @241"]);
});
