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

/** A value that is a word of the API's, as the beginning of a line: it stands beside "Any severity". */
export function FilterWord({ word, name = word }: { readonly word: string; readonly name?: string }) {
  return <option value={word}>{name.slice(0, 1).toUpperCase() + name.slice(1)}</option>;
}

interface FilterTextProps extends FilterFieldProps {
  readonly maxLength?: number;
}

/** A text of a filter: what the address says. */
export function FilterText({ name, label, maxLength }: FilterTextProps) {
  const [search, set] = useAddressFilter();
  return (
    <input
      className="search"
      type="search"
      maxLength={maxLength}
      aria-label={label}
      placeholder={label}
      value={search.get(name) ?? ""}
      onChange={({ target }) => set(name, target.value)}
    />
  );
}
