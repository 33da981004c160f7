import { useEffect, useState } from "react";
import { feature } from "topojson-client";
import type { GeometryCollection, Topology } from "topojson-specification";
import land from "world-atlas/land-110m.json";
import { inSlices } from "../data/in-slices.ts";
import { worldPoint } from "./mercator.ts";

/** The outline is drawn in a square of this size, and scaled from there. */
export const landSize = 1_000;

let known: string | undefined;

/**
 * The land of the world as the path of an SVG: Natural Earth's outline at 1:110 million, which ships with the page. It
 * is made once, after the devices are in sight, and ring by ring: in one turn it would hold the page up.
 */
export function useLand(): string | undefined {
  const [path, setPath] = useState(known);
  useEffect(() => {
    if (path !== undefined) return undefined;
    const rings = ringsOf(land as unknown as Topology<{ land: GeometryCollection }>);
    const drawn: string[] = [];
    return inSlices(
      () => {
        const next = rings.next();
        if (next.done !== true) drawn.push(next.value);
        return next.done !== true;
      },
      () => setPath((known = drawn.join(""))),
    );
  }, [path]);
  return path;
}

function* ringsOf(topology: Topology<{ land: GeometryCollection }>): Generator<string, undefined> {
  for (const geometry of topology.objects.land.geometries) {
    const polygons =
      geometry.type === "MultiPolygon" ? geometry.arcs : geometry.type === "Polygon" ? [geometry.arcs] : [];
    for (const arcs of polygons.flat()) {
      const { coordinates } = feature(topology, { type: "LineString", arcs }).geometry;
      const points = coordinates.map(([lon, lat]) => {
        const { x, y } = worldPoint({ lat: lat!, lon: lon! });
        return `${(x * landSize).toFixed(2)} ${(y * landSize).toFixed(2)}`;
      });
      yield `M${points.join("L")}Z`;
    }
  }
  return undefined;
}
