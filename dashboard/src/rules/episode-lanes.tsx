import type { DeviceEpisodes } from "./episodes-of.ts";
import type { Episode } from "./use-backtest.ts";

interface EpisodeLanesProps {
  readonly devices: readonly DeviceEpisodes[];
  readonly from: number;
  readonly to: number;
  readonly chosen: string | undefined;
  readonly onChoose: (device: string) => void;
}

const mostDevices = 30;
const width = 1_000;
const laneHeight = 8;

/** A line of time for each device: the draft's episodes above those of the live revision. */
export function EpisodeLanes({ devices, from, to, chosen, onChoose }: EpisodeLanesProps) {
  const left = (iso: string): number => ((Date.parse(iso) - from) / (to - from)) * width;
  const bars = (episodes: readonly Episode[], lane: number, look?: string) =>
    episodes.map(({ raisedAt, clearedAt, severity }) => {
      const x = Math.max(0, left(raisedAt));
      const end = clearedAt === undefined ? width : Math.min(width, left(clearedAt));
      return (
        <rect
          key={`${raisedAt} ${lane}`}
          x={x}
          y={lane * (laneHeight + 2)}
          width={Math.max(3, end - x)}
          height={laneHeight}
          rx={2}
          className={`lane ${look ?? severity}`}
        />
      );
    });
  return (
    <ul className="plain lanes" aria-label="Devices with episodes">
      {devices.slice(0, mostDevices).map(({ device, draft, live, differences }) => (
        <li key={device}>
          <button type="button" className="lane-row" aria-pressed={device === chosen} onClick={() => onChoose(device)}>
            <span className="clipped">
              <bdi>{device}</bdi>
            </span>
            <svg viewBox={`0 0 ${width} ${2 * laneHeight + 2}`} preserveAspectRatio="none" aria-hidden="true">
              {bars(draft, 0)}
              {live !== undefined && bars(live, 1, "live")}
            </svg>
            <span className="quiet number">
              {draft.length}
              {live !== undefined && ` / ${live.length}`}
              {differences.length > 0 && `, ${differences.length} differ`}
            </span>
          </button>
        </li>
      ))}
      {devices.length > mostDevices && <li className="quiet">and {devices.length - mostDevices} more devices</li>}
    </ul>
  );
}
