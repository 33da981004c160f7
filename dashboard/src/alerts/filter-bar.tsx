import { useAddressFilter } from "../data/use-address-filter.ts";
import { periods, severities, states } from "./alert-filter.ts";

const allStates = { ...states, all: "All" } as const;

/** What of the inbox is shown. */
export function FilterBar() {
  const [search, set] = useAddressFilter();
  const state = search.get("state") ?? "open";
  const text = (name: string, label: string) => (
    <input
      className="search"
      type="search"
      key={`${name} ${search.has(name)}`}
      aria-label={label}
      placeholder={label}
      defaultValue={search.get(name) ?? ""}
      onChange={(event) => set(name, event.target.value)}
    />
  );
  return (
    <div className="toolbar" role="search" aria-label="Filter alerts">
      <span className="segments" role="group" aria-label="State">
        {Object.entries(allStates).map(([value, name]) => (
          <button
            key={value}
            type="button"
            className="segment"
            aria-pressed={state === value}
            onClick={() => set("state", value === "open" ? "" : value)}
          >
            {name}
          </button>
        ))}
      </span>
      <select
        className="search"
        aria-label="Severity"
        value={search.get("severity") ?? ""}
        onChange={(event) => set("severity", event.target.value)}
      >
        <option value="">Any severity</option>
        {severities.map((each) => (
          <option key={each}>{each}</option>
        ))}
      </select>
      <select
        className="search"
        aria-label="Raised"
        value={search.get("from") ?? ""}
        onChange={(event) => set("from", event.target.value)}
      >
        {Object.entries(periods).map(([value, name]) => (
          <option key={value} value={value}>
            Raised: {name}
          </option>
        ))}
      </select>
      {text("rule", "Rule")}
      {text("device", "Device")}
      {text("assignee", "Assignee")}
      <label className="check">
        <input
          type="checkbox"
          checked={search.get("shadow") === "true"}
          onChange={(event) => set("shadow", event.target.checked ? "true" : "")}
        />{" "}
        Shadow rules
      </label>
    </div>
  );
}
