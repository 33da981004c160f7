import { expect, it } from "vitest";
import { cellsOf, clustersOf } from "./clusters.ts";
import { coordinates, fitted, panned, readView, screenPoint, worldPoint, writeView, zoomedAt } from "./mercator.ts";
import { type Place, placeOf } from "./place.ts";

const size = { width: 800, height: 400 };
const berlin = worldPoint({ lat: 52.52, lon: 13.405 });

it("finds where a device stands, under the names that people give, and nothing that is no place", () => {
  const close = (point: ReturnType<typeof placeOf>) => point && coordinates(point).lat.toFixed(2);
  expect(close(placeOf({ lat: 52.52, lon: 13.405 }))).toBe("52.52");
  expect(close(placeOf({ latitude: "52.52", longitude: "13.405" }))).toBe("52.52");
  expect(close(placeOf({ lat: "", lat2: 1, lng: 3, latitude: 1, longitude: 2 }))).toBe("1.00");
  for (const none of [
    {},
    { lat: 1 },
    { lat: 91, lon: 0 },
    { lat: 0, lon: 181 },
    { lat: "x", lon: 1 },
    { lat: true, lon: 1 },
  ]) {
    expect(placeOf(none)).toBeUndefined();
  }
  expect(placeOf({ lat: -90, lon: 180 })).toMatchObject({ x: 1 });
});

it("keeps the place under the pointer when it zooms, and the world in sight", () => {
  const view = { ...berlin, scale: 4096 };
  const at = { left: 600, top: 100 };
  const before = { x: view.x + 200 / 4096, y: view.y - 100 / 4096 };
  expect(screenPoint(before, zoomedAt(view, 2, at, size), size)).toEqual({
    ...{ left: expect.closeTo(600), top: expect.closeTo(100) },
  });
  expect(zoomedAt(view, 1e9, at, size).scale).toBe(2 ** 27);
  expect(zoomedAt(view, 1e-9, at, size).scale).toBe(256);
  expect(panned(view, 1e9, -1e9)).toMatchObject({ x: 0, y: 1 });
});

it("shows all places, one place with what is around it, and the world where there is none", () => {
  const paris = worldPoint({ lat: 48.86, lon: 2.35 });
  const both = fitted([berlin, paris], size);
  for (const each of [berlin, paris]) {
    const { left, top } = screenPoint(each, both, size);
    expect(left > 0 && left < size.width && top > 0 && top < size.height).toBe(true);
  }
  expect(fitted([berlin], size)).toMatchObject({ ...berlin, scale: 2 ** 17 });
  expect(fitted([], size)).toMatchObject({ x: 0.5, scale: 800 });
});

it("reads a view from an address as it wrote it, and no other", () => {
  const view = { ...berlin, scale: 4096 };
  const again = readView(writeView(view))!;
  expect([again.x, again.y, again.scale]).toEqual([view.x, view.y, view.scale].map((each) => expect.closeTo(each, 4)));
  for (const none of ["", "1,2", "91,0,3", "a,b,c", "0,0,23", "0,0,NaN"]) expect(readView(none)).toBeUndefined();
});

it("puts ten thousand places into marks with the worst of each, and loses none", () => {
  const places = Array.from({ length: 10_000 }, (_each, index): Place => {
    const at = worldPoint({ lat: ((index * 7) % 120) - 60, lon: ((index * 13) % 340) - 170 });
    return { id: `d-${index}`, ...at, look: index === 777 ? "critical" : index % 2 === 0 ? "good" : "muted" };
  });
  const clusters = clustersOf(places, cellsOf({ x: 0.5, y: 0.5, scale: 1024 }));
  expect(clusters.length).toBeLessThan(300);
  expect(clusters.reduce((sum, { places: { length } }) => sum + length, 0)).toBe(10_000);
  expect(clusters.filter(({ look }) => look === "critical")).toHaveLength(1);
  const close = clustersOf(places.slice(0, 2), cellsOf({ x: 0, y: 0, scale: 2 ** 20 }));
  expect(close.map(({ places: { length } }) => length)).toEqual([1, 1]);
});
