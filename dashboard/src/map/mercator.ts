/** A place in degrees. */
export interface Coordinates {
  readonly lat: number;
  readonly lon: number;
}

/** A place on the world's square of Mercator, both from 0 to 1; y goes down. */
export interface WorldPoint {
  readonly x: number;
  readonly y: number;
}

/** Beyond it Mercator's square ends. */
const mostLat = 85.05;

export function worldPoint({ lat, lon }: Coordinates): WorldPoint {
  const phi = (Math.min(mostLat, Math.max(-mostLat, lat)) * Math.PI) / 180;
  return { x: (lon + 180) / 360, y: 0.5 - Math.log(Math.tan(Math.PI / 4 + phi / 2)) / (2 * Math.PI) };
}

export function coordinates({ x, y }: WorldPoint): Coordinates {
  return { lat: (Math.atan(Math.sinh(Math.PI * (1 - 2 * y))) * 180) / Math.PI, lon: x * 360 - 180 };
}

/** What a map shows: the place in its middle, and how many pixels the world is wide. */
export interface View extends WorldPoint {
  readonly scale: number;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface ScreenPoint {
  readonly left: number;
  readonly top: number;
}

/** Zoom 0: the world is as wide as a tile of other maps. */
const leastScale = 256;
/** A street fills the map. */
const mostScale = 2 ** 27;

export function screenPoint({ x, y }: WorldPoint, view: View, { width, height }: Size): ScreenPoint {
  return { left: (x - view.x) * view.scale + width / 2, top: (y - view.y) * view.scale + height / 2 };
}

/** A view of the world and not of what is beside it. */
export function within(view: View): View {
  const clamp = (value: number): number => Math.min(1, Math.max(0, value));
  return { x: clamp(view.x), y: clamp(view.y), scale: Math.min(mostScale, Math.max(leastScale, view.scale)) };
}

/** So many times as large, with the place that is there staying there. */
export function zoomedAt(view: View, factor: number, { left, top }: ScreenPoint, { width, height }: Size): View {
  const { scale } = within({ ...view, scale: view.scale * factor });
  const [dx, dy] = [left - width / 2, top - height / 2];
  return within({ x: view.x + dx / view.scale - dx / scale, y: view.y + dy / view.scale - dy / scale, scale });
}

export function panned(view: View, dx: number, dy: number): View {
  return within({ ...view, x: view.x - dx / view.scale, y: view.y - dy / view.scale });
}

/** A single place is shown with what is around it: about forty kilometres. */
const singleScale = 2 ** 17;
/** Of the map's size, left free around the outermost places. */
const margin = 0.15;

/** All of the points with room around them; the world if there are none. */
export function fitted(points: readonly WorldPoint[], { width, height }: Size): View {
  if (points.length === 0) return within({ x: 0.5, y: 0.4, scale: width });
  let [left, right, top, bottom] = [1, 0, 1, 0];
  for (const { x, y } of points) {
    [left, right, top, bottom] = [Math.min(left, x), Math.max(right, x), Math.min(top, y), Math.max(bottom, y)];
  }
  const room = 1 - 2 * margin;
  const scale = Math.min((width * room) / (right - left), (height * room) / (bottom - top), singleScale);
  return within({ x: (left + right) / 2, y: (top + bottom) / 2, scale });
}

const viewText = /^(-?\d+(?:\.\d+)?),(-?\d+(?:\.\d+)?),(\d+(?:\.\d+)?)$/;

/** A view as an address has it: latitude, longitude and zoom, as other maps count it. Undefined: it is none. */
export function readView(text: string): View | undefined {
  const [lat, lon, zoom] = viewText.exec(text)?.slice(1).map(Number) ?? [];
  if (lat === undefined || Math.abs(lat) > 90 || Math.abs(lon!) > 180 || zoom! > 22) return undefined;
  return within({ ...worldPoint({ lat, lon: lon! }), scale: leastScale * 2 ** zoom! });
}

export function writeView(view: View): string {
  const { lat, lon } = coordinates(view);
  return `${lat.toFixed(4)},${lon.toFixed(4)},${Math.log2(view.scale / leastScale).toFixed(2)}`;
}
