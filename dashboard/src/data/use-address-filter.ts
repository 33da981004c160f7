import { useSearchParams } from "wouter";

/** What a page is filtered by lies in its address; a field that is emptied leaves it. */
export function useAddressFilter(): [URLSearchParams, (name: string, value: string) => void] {
  const [search, setSearch] = useSearchParams();
  const set = (name: string, value: string): void => {
    setSearch(
      (before) => {
        const next = new URLSearchParams(before);
        if (value === "") next.delete(name);
        else next.set(name, value);
        return next;
      },
      { replace: true },
    );
  };
  return [search, set];
}
