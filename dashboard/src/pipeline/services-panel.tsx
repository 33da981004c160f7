import type { ServiceStatus } from "./use-pipeline.ts";

const looks = { ready: "good", "not-ready": "warning", away: "critical", unknown: "muted" } as const;
const names = { ingest: "Ingest", rules: "Rules", gateway: "Gateway" } as const;
const states = { ready: "ready", "not-ready": "not ready", away: "away", unknown: "unknown" } as const;

/** How the services are, where that is worth a look: one is not well, or runs in another process. */
export function ServicesPanel({ services }: { readonly services: readonly ServiceStatus[] }) {
  if (services.every(({ here, reasons }) => here && reasons.length === 0)) return null;
  return (
    <section className="card" aria-label="Services">
      <h2>Services</h2>
      <ul className="plain services">
        {services.map(({ name, state, reasons }) => (
          <li key={name}>
            <strong>{names[name]}</strong>
            <span className={`badge ${looks[state]}`}>{states[state]}</span>
            <span className="quiet">{reasons.join("; ")}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
