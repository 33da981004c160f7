import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { dashboardFolder, dashboards, written } from "../../../scripts/dashboards/all.ts";
import { influxTemplate, templateFile } from "../../../scripts/dashboards/influx/template.ts";
import { checkout, composeFile } from "../compose-file.ts";
import { dashboardFile, panelsOf, targetsOf, variablesOf } from "./grafana.ts";

const names = Object.keys(dashboards());

describe("the dashboards of deploy/grafana", () => {
  it("are what scripts/dashboards writes: npm run dashboards:generate", () => {
    expect(readdirSync(dashboardFolder).toSorted()).toEqual(names.toSorted());
    for (const [name, dashboard] of Object.entries(dashboards())) {
      expect(readFileSync(new URL(name, dashboardFolder), "utf8"), name).toBe(written(dashboard));
    }
    expect(readFileSync(templateFile, "utf8")).toBe(influxTemplate(dashboards()));
  });

  it("have ids of their own, and one of them is Grafana's start page", () => {
    const ids = names.map((name) => dashboardFile(name).uid);
    expect(new Set(ids).size).toBe(names.length);
    const home = composeFile().services["grafana"]?.environment?.["GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH"];
    expect(names).toContain(home?.split("/").at(-1));
  });
});

describe.each(names)("%s", (name) => {
  const dashboard = dashboardFile(name);
  const panels = panelsOf(dashboard);

  it("asks the data sources that are provisioned", () => {
    const folder = new URL("deploy/grafana/provisioning/datasources/", checkout);
    const provisioned = readdirSync(folder).flatMap((file) => {
      const { datasources } = parse(readFileSync(new URL(file, folder), "utf8")) as { datasources: { uid: string }[] };
      return datasources.map(({ uid }) => uid);
    });
    for (const panel of panels) {
      expect(provisioned, panel.title).toContain(panel.datasource?.uid);
      expect(targetsOf(panel).length, panel.title).toBeGreaterThan(0);
      const refs = targetsOf(panel).map(({ refId }) => refId);
      expect(new Set(refs).size).toBe(refs.length);
    }
  });

  it("names no variable that it does not have, and always as an escaped pattern", () => {
    const known = variablesOf(dashboard).map((variable) => variable.name);
    const texts = [
      ...panels.flatMap((panel) => targetsOf(panel).map(({ query = "" }) => query)),
      ...variablesOf(dashboard).map(({ query }) => (typeof query === "string" ? query : "")),
    ];
    for (const text of texts) {
      for (const [whole, variable = "", format] of text.matchAll(/\$\{(\w+)(?::(\w+))?\}/g)) {
        expect(known, whole).toContain(variable);
        expect(format, whole).toBe("regex");
      }
    }
    for (const { repeat } of panels) if (repeat !== undefined) expect(known).toContain(repeat);
  });

  it("puts no panel upon another, and says of each what it shows", () => {
    const cells = new Map<string, string | undefined>();
    for (const { title, description, gridPos } of panels) {
      expect(description, title).toMatch(/\.$/);
      const { x = 0, y = 0, w = 0, h = 0 } = gridPos ?? {};
      expect(x + w).toBeLessThanOrEqual(24);
      for (let i = x; i < x + w; i++) {
        for (let j = y; j < y + h; j++) {
          expect(cells.get(`${i}/${j}`), `${title} at ${i}/${j}`).toBeUndefined();
          cells.set(`${i}/${j}`, title);
        }
      }
    }
  });

  it("draws one unit on an axis", () => {
    for (const panel of panels) {
      if (panel.type !== "timeseries") continue;
      const units = (panel.fieldConfig?.overrides ?? []).flatMap(({ properties }) =>
        properties.filter(({ id }) => id === "unit"),
      );
      expect([panel.fieldConfig?.defaults.unit === undefined, units], panel.title).toEqual([false, []]);
    }
  });
});
