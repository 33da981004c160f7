import { stringify } from "yaml";

/** A rule to begin with: on every device, or on the device and the metric that the address names. */
export function firstDraft(search: URLSearchParams): string {
  const metric = search.get("metric") ?? "temperature";
  const device = search.get("device");
  const above = Number(search.get("above") ?? 80);
  return stringify({
    id: device === null ? "new-rule" : idOf(`${device}-${metric}`),
    name: device === null ? "New rule" : `${metric} of ${device}`,
    ...(device !== null && { selector: { ids: [device] } }),
    condition: { metric, above: Number.isFinite(above) ? above : 80 },
    severity: "warning",
  });
}

/** As rules may be called. */
function idOf(text: string): string {
  const id = text.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-").slice(0, 60).replaceAll(/^-+|-+$/g, ""); // oxfmt-ignore
  return id === "" ? "new-rule" : `${id}-high`;
}
