import { useAddressFilter } from "../data/use-address-filter.ts";
import { FilterChoice, FilterText } from "../design/filter-fields.tsx";
import { periods, severities, states } from "./alert-filter.ts";

const allStates = { ...states, all: "All" } as const;

/** What of the inbox is shown. */
export function FilterBar() {
  const [search, set] = useAddressFilter();
  const state = search.get("state") ?? "open";
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
      <FilterChoice name="severity" label="Severity">
        <option value="">Any severity</option>
        {severities.map((each) => (
          <option key={each}>{each}</option>
        ))}
      </FilterChoice>
      <FilterChoice name="from" label="Raised">
        {Object.entries(periods).map(([value, name]) => (
          <option key={value} value={value}>
            Raised: {name}
          </option>
        ))}
      </FilterChoice>
      <FilterText name="rule" label="Rule" />
      <FilterText name="device" label="Device" />
      <FilterText name="assignee" label="Assignee" />
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
