import { useRef } from "react";
import { Link } from "wouter";
import { useResource } from "../data/use-resource.ts";
import { Loaded } from "../design/notice.tsx";
import { unitText } from "../plot/unit-text.ts";
import { useWidth } from "../plot/use-width.ts";
import { glance } from "../plot/glance.ts";
import { SeriesPlot } from "../plot/series-plot.tsx";
import { ZoomArea } from "../plot/zoom-area.tsx";
import { useMay } from "../sign-in/session.ts";
import { fixedRange, spanUpTo, type TimeRange } from "../time/time-range.ts";
import { type Charts, loadUnits } from "./load-charts.ts";
import { OtherValues } from "./other-values.tsx";
import { ruleLink } from "./rule-link.ts";
import { StatesCard } from "./states-card.tsx";
import { useDeviceCharts } from "./use-device-charts.ts";

interface MetricChartsProps {
  readonly id: string;
  readonly range: TimeRange;
  readonly onRange: (change: (before: TimeRange) => TimeRange) => void;
}

/** As the grid of the cards has it: the least width of a card, the room between two, and what of a card is no plot. */
const leastCard = 420;
const cardGap = 16;
const besidesPlot = 90;

/** What a device sends, metric by metric, over the same time. */
export function MetricCharts(props: MetricChartsProps) {
  const area = useRef<HTMLDivElement>(null);
  const width = useWidth(area);
  return <div ref={area}>{width !== undefined && <ChartsAsWide {...props} width={plotWidth(width)} />}</div>;
}

function plotWidth(width: number): number {
  const columns = Math.max(1, Math.floor((width + cardGap) / (leastCard + cardGap)));
  return Math.max(100, Math.round((width + cardGap) / columns) - cardGap - besidesPlot);
}

function ChartsAsWide({ id, range: chosen, onRange, width }: MetricChartsProps & { readonly width: number }) {
  // Whatever is drawn anew is drawn up to now.
  const range = chosen.span === undefined ? chosen : spanUpTo(chosen.span, Date.now());
  const { resource, reload, pointsOf, laneOf, newest } = useDeviceCharts(id, range, width);
  const mayWriteRules = useMay()("rules:read", "rules:write");
  const known = resource.value?.values;
  const metrics = Object.keys(known ?? {}).join(" ");
  const units = useResource(`${id} ${metrics}`, async () => (known === undefined ? undefined : loadUnits(id, known)))
    .resource.value;
  const select = (from: number, to: number): void => onRange(() => fixedRange(from, to, Date.now()));
  const title = range.span ?? "the time chosen";
  return (
    <Loaded of={resource} retry={reload}>
      {({ values, series, lanes, bands, bandsProblem, kept }) => {
        const shown = { ...values, ...Object.fromEntries(newest) };
        const unitOf = (metric: string): string | undefined => unitText(shown[metric]?.unit ?? units?.get(metric));
        const asBands = lanes.map(({ name }) => name).filter(isNumber(values));
        const drawn = new Set([...series.map(([metric]) => metric), ...asBands]);
        const others = Object.entries(shown).filter(([metric]) => !drawn.has(metric));
        return Object.keys(shown).length === 0 ? (
          <p className="empty">This device has sent nothing yet.</p>
        ) : (
          <>
            {bandsProblem !== undefined && (
              <p className="notice warning" role="status">
                Alerts are not drawn: {bandsProblem}
              </p>
            )}
            {kept !== undefined && (
              <p className="notice" role="status">
                {kept}
              </p>
            )}
            <ZoomArea label="Charts" onChange={onRange}>
              <div className="grid">
                {series.map(([metric, points]) => (
                  <section key={metric} className="card device-chart">
                    <div className="device-chart-head">
                      <h2>
                        {metric}
                        <span className="number" title={exactText(shown[metric]?.value)}>
                          {numberText(shown[metric]?.value)} <small>{unitOf(metric)}</small>
                        </span>
                      </h2>
                      {mayWriteRules && (
                        <Link
                          className="button bare"
                          href={ruleLink(id, metric, shown[metric]?.value)}
                          aria-label={`Alert… on ${metric}`}
                        >
                          Alert…
                        </Link>
                      )}
                    </div>
                    <SeriesPlot
                      title={`${metric} over ${title}`}
                      points={pointsOf(metric, points)}
                      from={range.from}
                      to={range.to}
                      bands={bands.map((band) => ({ ...band, to: Math.min(band.to, Date.now()) }))}
                      unit={unitOf(metric)}
                      height={180}
                      group="device"
                      onSelect={select}
                    />
                  </section>
                ))}
              </div>
              <StatesCard id={id} lanes={lanes.map(laneOf)} range={range} onSelect={select} />
            </ZoomArea>
            {others.length > 0 && <OtherValues values={others} />}
          </>
        );
      }}
    </Loaded>
  );
}

/** A metric that is on or off is drawn whole; a text may be longer than its lane. */
function isNumber(values: Charts["values"]): (metric: string) => boolean {
  return (metric) => typeof values[metric]?.value === "number";
}

function numberText(value: unknown): string {
  return typeof value === "number" ? glance(value) : "–";
}

/** All digits of a number of which the headline has four. */
function exactText(value: unknown): string | undefined {
  return typeof value === "number" ? String(value) : undefined;
}
