const looks: Readonly<Record<string, string>> = { live: "good", warming: "warning", shadow: "warning" };

export function RuleStateBadge({ state }: { readonly state: string }) {
  return <span className={`badge ${looks[state] ?? "muted"}`}>{state}</span>;
}
