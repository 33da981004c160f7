import {
  DashboardBuilder,
  DashboardCursorSync,
  DashboardLinkBuilder,
  DashboardLinkType,
  QueryVariableBuilder,
  TextBoxVariableBuilder,
  VariableRefresh,
  VariableSort,
} from "@grafana/grafana-foundation-sdk/dashboard";
import { influx } from "./sources.ts";

/** An empty dashboard of ours: the last hour, and links to the others that keep the time range. */
export function board(uid: string, title: string, refresh: string): DashboardBuilder {
  return new DashboardBuilder(title)
    .uid(uid)
    .tags(["headwater"])
    .readonly()
    .tooltip(DashboardCursorSync.Crosshair)
    .time({ from: "now-1h", to: "now" })
    .timezone("browser")
    .refresh(refresh)
    .annotations([])
    .link(
      new DashboardLinkBuilder("Headwater")
        .type(DashboardLinkType.Dashboards)
        .icon("external link")
        .tags(["headwater"])
        .keepTime(true)
        .includeVars(false),
    );
}

export interface Choice {
  readonly name: string;
  readonly label: string;
  readonly description: string;
  readonly query: string;
  /** Several at once, all of those listed at first. */
  readonly multi?: boolean;
}

/** A list to choose from, asked for anew with every time range. Any other value may be typed in. */
export function choice({ name, label, description, query, multi = false }: Choice): QueryVariableBuilder {
  const variable = new QueryVariableBuilder(name)
    .label(label)
    .description(description)
    .datasource(influx)
    .query(query.trim())
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .sort(VariableSort.AlphabeticalAsc)
    .multi(multi)
    .includeAll(multi);
  return multi ? variable.current({ text: ["All"], value: ["$__all"] }) : variable;
}

/** A text by which a list is narrowed. */
export function search(name: string, label: string, description: string): TextBoxVariableBuilder {
  return new TextBoxVariableBuilder(name).label(label).description(description).defaultValue("");
}
