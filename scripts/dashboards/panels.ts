import type { Builder, Dataquery } from "@grafana/grafana-foundation-sdk/cog";
import {
  BigValueColorMode,
  BigValueGraphMode,
  GraphDrawStyle,
  LegendDisplayMode,
  LegendPlacement,
  ReduceDataOptionsBuilder,
  StackingConfigBuilder,
  StackingMode,
  TooltipDisplayMode,
  VizLegendOptionsBuilder,
  VizTooltipOptionsBuilder,
  SortOrder,
} from "@grafana/grafana-foundation-sdk/common";
import {
  FieldColorBuilder,
  FieldColorModeId,
  ThresholdsConfigBuilder,
  ThresholdsMode,
  type DataSourceRef,
} from "@grafana/grafana-foundation-sdk/dashboard";
import { PanelBuilder as StatPanel } from "@grafana/grafana-foundation-sdk/stat";
import { PanelBuilder as TablePanel } from "@grafana/grafana-foundation-sdk/table";
import { PanelBuilder as TimeSeriesPanel } from "@grafana/grafana-foundation-sdk/timeseries";

/** What every panel says of itself. Grafana's grid is 24 wide; a row of height 1 is about 30 pixels. */
export interface About {
  readonly title: string;
  readonly description: string;
  readonly source: DataSourceRef;
  readonly targets: readonly Builder<Dataquery>[];
  readonly width: number;
  readonly height: number;
  /** Of everything that the panel shows: one unit, so that no axis has two. */
  readonly unit?: string;
}

/** No query of a table answers with more rows. */
export const maxRows = 500;

/** One number. */
export function stat(about: About & { readonly alarmFrom?: number }): StatPanel {
  const panel = described(new StatPanel(), about)
    .reduceOptions(new ReduceDataOptionsBuilder().calcs(["lastNotNull"]).values(false))
    .graphMode(BigValueGraphMode.None)
    .colorMode(BigValueColorMode.Value)
    .noValue("0");
  const steps = [{ value: null, color: about.alarmFrom === undefined ? "blue" : "green" }];
  const alarm = about.alarmFrom === undefined ? [] : [{ value: about.alarmFrom, color: "red" }];
  return panel
    .colorScheme(new FieldColorBuilder().mode(FieldColorModeId.Thresholds))
    .thresholds(new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps([...steps, ...alarm]));
}

/** A number for each row of one table. */
export function statOfRows(about: About, nameColumn: string): StatPanel {
  return stat(about)
    .reduceOptions(new ReduceDataOptionsBuilder().calcs([]).values(true).limit(20))
    .displayName(`\${__data.fields.${nameColumn}}`);
}

export function lines(about: About & { readonly name?: string }): TimeSeriesPanel {
  const panel = described(new TimeSeriesPanel(), about)
    .drawStyle(GraphDrawStyle.Line)
    .lineWidth(1)
    .fillOpacity(8)
    .legend(
      new VizLegendOptionsBuilder()
        .displayMode(LegendDisplayMode.List)
        .placement(LegendPlacement.Bottom)
        .showLegend(true),
    )
    .tooltip(new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi).sort(SortOrder.Descending));
  return about.name === undefined ? panel : panel.displayName(about.name);
}

/** Counts per interval, one upon the other. */
export function bars(about: About & { readonly name: string }): TimeSeriesPanel {
  return lines(about)
    .drawStyle(GraphDrawStyle.Bars)
    .fillOpacity(80)
    .lineWidth(0)
    .stacking(new StackingConfigBuilder().mode(StackingMode.Normal).group("A"))
    .decimals(0)
    .min(0);
}

/** `times`: columns of milliseconds since the epoch. A column `device` leads to the page of the device. */
export function table(about: About & { readonly times?: readonly string[] }): TablePanel {
  const panel = described(new TablePanel(), about).filterable(true).maxDataPoints(maxRows);
  panel.overrideByName("device", [
    {
      id: "links",
      value: [
        {
          title: "The page of the device",
          url: "/d/headwater-device?var-device=${__value.raw:percentencode}&${__url_time_range}",
        },
      ],
    },
  ]);
  for (const column of about.times ?? []) {
    panel.overrideByName(column, [{ id: "unit", value: "dateTimeAsIso" }]);
  }
  return panel;
}

interface Panel<P> {
  title(title: string): P;
  description(text: string): P;
  datasource(source: DataSourceRef): P;
  targets(targets: Builder<Dataquery>[]): P;
  span(width: number): P;
  height(height: number): P;
  unit(unit: string): P;
}

function described<P extends Panel<P>>(panel: P, about: About): P {
  return panel
    .title(about.title)
    .description(about.description)
    .datasource(about.source)
    .targets([...about.targets])
    .span(about.width)
    .height(about.height)
    .unit(about.unit ?? "none");
}
