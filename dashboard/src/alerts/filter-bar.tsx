import { useAddressFilter } from "../data/use-address-filter.ts";
import { Choice } from "../design/choice.tsx";
import { FilterChoice, FilterText, FilterWord } from "../design/filter-fields.tsx";
import { periods, severities, states } from "./alert-filter.ts";

const allStates = { ...states, all: "All" } as const;

/** What of the inbox is shown. */
export function FilterBar() {
  const [search, set] = useAddressFilter();
  const state = search.get("state") ?? "open";
  return (
    <div className="toolbar" role="search" aria-label="Filter alerts">
      <Choice
        label="State"
        options={Object.entries(allStates)}
        value={state}
        onChoose={(value) => set("state", value === "open" ? "" : value)}
      />
      <FilterChoice name="severity" label="Severity">
        <option value="">Any severity</option>
        {severities.map((each) => (
          <FilterWord key={each} word={each} />
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
