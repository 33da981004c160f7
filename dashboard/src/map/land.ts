import { useEffect, useState } from "react";
import { feature } from "topojson-client";
import type { GeometryCollection, Topology } from "topojson-specification";
import land from "world-atlas/land-110m.json";
import { worldPoint } from "./mercator.ts";

/** The outline is drawn in a square of this size, and scaled from there. */
export const landSize = 1_000;

let known: string | undefined;

/**
 * The land of the world as the path of an SVG: Natural Earth's outline at 1:110 million, which ships with the page. It
 * is made once, after the devices are in sight: both in one task would hold the page up.
 */
export function useLand(): string | undefined {
  const [path, setPath] = useState(known);
  useEffect(() => {
    if (path !== undefined) return undefined;
    const timer = setTimeout(() => setPath((known ??= pathOf())));
    return () => clearTimeout(timer);
  }, [path]);
  return path;
}

function pathOf(): string {
  const topology = land as unknown as Topology<{ land: GeometryCollection }>;
  const { features } = feature(topology, topology.objects.land);
  return features
    .flatMap(({ geometry }) =>
      geometry.type === "MultiPolygon"
        ? geometry.coordinates.flat()
        : geometry.type === "Polygon"
          ? geometry.coordinates
          : [],
    )
    .map((ring) => {
      const points = ring.map(([lon, lat]) => {
        const { x, y } = worldPoint({ lat: lat!, lon: lon! });
        return `${(x * landSize).toFixed(2)} ${(y * landSize).toFixed(2)}`;
      });
      return `M${points.join("L")}Z`;
    })
    .join("");
}
