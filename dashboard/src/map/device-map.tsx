import { type ReactNode, useLayoutEffect, useMemo, useRef, useState } from "react";
import { Link } from "wouter";
import { cellsOf, type Cluster, clustersOf } from "./clusters.ts";
import { landSize, useLand } from "./land.ts";
import { fitted, screenPoint, type Size } from "./mercator.ts";
import { looks, type Place, type PlaceLook } from "./place.ts";
import { useGestures } from "./use-gestures.ts";
import { useView } from "./use-view.ts";
import "./map.css";

interface DeviceMapProps {
  readonly places: readonly Place[];
  /** The view as the address has it. */
  readonly at: string;
  readonly onRest: (at: string) => void;
  /** What stands below the map about the devices that it shows. */
  readonly children: (inSight: ReadonlySet<string>) => ReactNode;
}

const words: Readonly<Record<PlaceLook, string>> = {
  ...{ critical: "critical", warning: "warning", accent: "info", good: "connected", muted: "away" },
};
const howToMove = matchMedia("(pointer: coarse)").matches
  ? "Two fingers move and zoom."
  : "A drag moves, Ctrl and the wheel zoom.";
/** With so few marks there is room for names. */
const mostNames = 40;
const nameRoom = 120;

/** Devices where they stand, those too close to each other as one mark: a list of what is in sight belongs to it. */
export function DeviceMap({ places, at, onRest, children }: DeviceMapProps) {
  const area = useRef<HTMLDivElement>(null);
  const [size, setSize] = useState<Size>({ width: 800, height: 400 });
  useLayoutEffect(() => {
    const element = area.current!;
    const measure = (): void => setSize({ width: element.clientWidth, height: element.clientHeight });
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  const { view, change, showAll } = useView(places, size, at, onRest);
  const land = useLand();
  const { handlers, zoom } = useGestures(area, size, change, showAll);
  const cells = cellsOf(view);
  const clusters = useMemo(() => clustersOf(places, cells), [places, cells]);
  const isInSight = (point: Pick<Place, "x" | "y">): boolean => {
    const { left, top } = screenPoint(point, view, size);
    return left >= -20 && top >= -20 && left <= size.width + 20 && top <= size.height + 20;
  };
  const marks = clusters.filter(isInSight);
  const shown = new Set(marks.flatMap((cluster) => cluster.places.filter(isInSight).map(({ id }) => id)));
  const open = ({ places: all }: Cluster): void => {
    const close = fitted(all, size);
    // The mark is gone then, and the focus would be with it.
    area.current!.focus();
    change((before) => ({ ...close, scale: Math.max(close.scale, before.scale * 2) }));
  };
  const origin = screenPoint({ x: 0, y: 0 }, view, size);
  return (
    <>
      <div className="map">
        <div
          ref={area}
          className="map-area"
          role="group"
          tabIndex={0}
          aria-label="Map of devices: plus and minus zoom, the arrow keys move, 0 shows all"
          {...handlers}
        >
          <svg className="map-land" aria-hidden="true">
            <g transform={`translate(${origin.left} ${origin.top}) scale(${view.scale / landSize})`}>
              <path d={land} />
            </g>
          </svg>
          {marks.map((cluster) => (
            <Mark
              key={cluster.key}
              cluster={cluster}
              hasName={marks.length <= mostNames}
              width={size.width}
              {...screenPoint(cluster, view, size)}
              onOpen={() => open(cluster)}
            />
          ))}
        </div>
        <div className="map-controls choice" role="group" aria-label="Zoom">
          <button type="button" aria-label="Zoom in" onClick={() => zoom(2)}>
            +
          </button>
          <button type="button" aria-label="Zoom out" onClick={() => zoom(0.5)}>
            −
          </button>
          <button type="button" onClick={showAll}>
            All
          </button>
        </div>
        <ul className="plain map-legend" aria-label="Colors">
          {looks.map((look) => (
            <li key={look} className={`badge ${look}`}>
              {words[look]}
            </li>
          ))}
        </ul>
      </div>
      <p className="quiet" role="status">
        {shown.size.toLocaleString()} of {places.length.toLocaleString()} in sight. {howToMove}
      </p>
      {children(shown)}
    </>
  );
}

interface MarkProps {
  readonly cluster: Cluster;
  readonly left: number;
  readonly top: number;
  readonly hasName: boolean;
  /** Of the map: at its right edge a name stands before its mark. */
  readonly width: number;
  readonly onOpen: () => void;
}

function Mark({ cluster: { places, look }, left, top, hasName, width, onOpen }: MarkProps) {
  const style = { transform: `translate(${left}px, ${top}px) translate(-50%, -50%)` };
  const [only] = places;
  if (places.length === 1) {
    return (
      <Link
        href={`/devices/${encodeURIComponent(only!.id)}`}
        className={`map-mark single ${look}`}
        style={style}
        aria-label={`${only!.id}, ${words[look]}`}
        title={only!.id}
        draggable={false}
      >
        {hasName && <bdi className={`map-name${left > width - nameRoom ? " before" : ""}`}>{only!.id}</bdi>}
      </Link>
    );
  }
  const diameter = 26 + 5 * Math.log10(places.length) ** 1.5;
  const bad = places.filter(({ look: each }) => each === look).length;
  return (
    <button
      type="button"
      className={`map-mark ${look}`}
      style={{ ...style, minWidth: diameter, height: diameter }}
      aria-label={`${places.length} devices, ${bad} ${words[look]}; zoom there`}
      onClick={onOpen}
    >
      {places.length > 999 ? `${(places.length / 1_000).toFixed(1)}k` : places.length}
    </button>
  );
}
