const looks: Readonly<Record<string, string>> = { critical: "critical", warning: "warning" };

/** The class of a badge by a severity. */
export function severityLook(severity: string | undefined): string {
  return looks[severity ?? ""] ?? "muted";
}

export function SeverityBadge({ severity }: { readonly severity: string }) {
  return <span className={`badge ${severityLook(severity)}`}>{severity}</span>;
}
