import { type ReactNode, startTransition, useDeferredValue, useEffect, useMemo, useRef, useState } from "react";
import { Link } from "wouter";
import { cellsOf, type Cluster, clustersOf } from "./clusters.ts";
import { landSize, useLand } from "./land.ts";
import { fitted, screenPoint, type Size, type View, type WorldPoint } from "./mercator.ts";
import { type Marked, namesOf, type Side } from "./names.ts";
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
const restMs = 120;
const usualSize: Size = { width: 800, height: 400 };
const markRadius = 12;

/** Devices where they stand, those too close to each other as one mark: a list of what is in sight belongs to it. */
export function DeviceMap({ places, at, onRest, children }: DeviceMapProps) {
  const area = useRef<HTMLDivElement>(null);
  const [measured, setSize] = useState<Size>();
  useEffect(() => {
    const element = area.current!;
    // It tells of the first size, too. What stands on the map then is drawn in turns between which the page answers.
    const observer = new ResizeObserver(() =>
      startTransition(() => setSize({ width: element.clientWidth, height: element.clientHeight })),
    );
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  const size = measured ?? usualSize;
  const { view, change, showAll } = useView(places, size, at, onRest);
  const land = useLand();
  const { handlers, zoom } = useGestures(area, size, change, showAll);
  // A step is seen at once with the marks that there are; into which they part or join is drawn in turns after it.
  const drawn = useDeferredValue(view);
  const cells = cellsOf(drawn);
  const isMeasured = measured !== undefined;
  const levels = useMemo(() => new Map<number, readonly Cluster[]>(), [places]);
  // How large the map is decides what stands on it: before that is known, nothing does.
  const clusters = isMeasured ? levelOf(levels, places, cells) : noClusters;
  const marks = useMemo(() => clusters.filter((each) => isInSight(each, drawn, size)), [clusters, drawn, size]);
  const names = namesOf(marks.length <= mostNames ? marks.map((mark) => markedOf(mark, view, size)) : [], size.width);
  const rested = useRested(view);
  const shown = useMemo(() => idsInSight(places, rested, size), [places, rested, size]);
  const below = useMemo(() => children(shown), [children, shown]);
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
              name={names.get(cluster.key)}
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
      <p className="quiet" role="status" aria-busy={!isMeasured}>
        {shown.size.toLocaleString()} of {places.length.toLocaleString()} in sight. {howToMove}
      </p>
      {below}
    </>
  );
}

const noClusters: readonly Cluster[] = [];

/** The marks of a level, made once: people go back and forth between two. */
function levelOf(levels: Map<number, readonly Cluster[]>, places: readonly Place[], cells: number): readonly Cluster[] {
  const known = levels.get(cells);
  if (known !== undefined) return known;
  const made = clustersOf(places, cells);
  levels.set(cells, made);
  return made;
}

function isInSight(point: WorldPoint, view: View, size: Size): boolean {
  const { left, top } = screenPoint(point, view, size);
  return left >= -20 && top >= -20 && left <= size.width + 20 && top <= size.height + 20;
}

function idsInSight(places: readonly Place[], view: View, size: Size): ReadonlySet<string> {
  return new Set(places.filter((place) => isInSight(place, view, size)).map(({ id }) => id));
}

/** What stands below the map follows it when it comes to rest: a table in each step would hold the step up. */
function useRested(view: View): View {
  const [rested, setRested] = useState<View>();
  const { x, y, scale } = view;
  useEffect(() => {
    const timer = setTimeout(() => startTransition(() => setRested({ x, y, scale })), restMs);
    return () => clearTimeout(timer);
  }, [x, y, scale]);
  return rested ?? view;
}

/** Pixels of a mark of several devices. */
function diameterOf(devices: number): number {
  return 26 + 5 * Math.log10(devices) ** 1.5;
}

function markedOf({ key, places, ...point }: Cluster, view: View, size: Size): Marked {
  const isOne = places.length === 1;
  const radius = isOne ? markRadius : diameterOf(places.length) / 2;
  return { key, ...screenPoint(point, view, size), radius, name: isOne ? places[0]!.id : undefined };
}

interface MarkProps {
  readonly cluster: Cluster;
  readonly left: number;
  readonly top: number;
  /** On which side of it its name has room. */
  readonly name: Side | undefined;
  readonly onOpen: () => void;
}

function Mark({ cluster: { places, look }, left, top, name, onOpen }: MarkProps) {
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
        {name !== undefined && <bdi className={`map-name ${name}`}>{only!.id}</bdi>}
      </Link>
    );
  }
  const diameter = diameterOf(places.length);
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
