import type { ReactNode } from "react";
import { useAddressFilter } from "../data/use-address-filter.ts";

interface FilterFieldProps {
  /** Of the parameter in the page's address. */
  readonly name: string;
  readonly label: string;
}

interface FilterChoiceProps extends FilterFieldProps {
  /** The value that stands in no address. */
  readonly usual?: string;
  /** The options. */
  readonly children: ReactNode;
}

/** One of several values of a filter. */
export function FilterChoice({ name, label, usual = "", children }: FilterChoiceProps) {
  const [search, set] = useAddressFilter();
  return (
    <select
      className="search"
      aria-label={label}
      value={search.get(name) ?? usual}
      onChange={({ target }) => set(name, target.value === usual ? "" : target.value)}
    >
      {children}
    </select>
  );
}

interface FilterTextProps extends FilterFieldProps {
  readonly maxLength?: number;
}

/** A text of a filter. It is empty again where the filter is taken away by other means. */
export function FilterText({ name, label, maxLength }: FilterTextProps) {
  const [search, set] = useAddressFilter();
  return (
    <input
      key={String(search.has(name))}
      className="search"
      type="search"
      maxLength={maxLength}
      aria-label={label}
      placeholder={label}
      defaultValue={search.get(name) ?? ""}
      onChange={({ target }) => set(name, target.value)}
    />
  );
}
