const looks: Readonly<Record<string, string>> = { critical: "critical", warning: "warning", info: "muted" };

export function SeverityBadge({ severity }: { readonly severity: string }) {
  return <span className={`badge ${looks[severity] ?? "muted"}`}>{severity}</span>;
}
