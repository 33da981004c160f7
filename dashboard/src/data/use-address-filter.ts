import { useMemo } from "react";
import { useSearchParams } from "wouter";

/**
 * What a page is filtered by lies in its address; a field that is emptied leaves it. The address itself is read, since
 * what the router hands out is decoded in part: of `50%41` it would make `50A`.
 */
export function useAddressFilter(): [URLSearchParams, (name: string, value: string) => void] {
  const [, setSearch] = useSearchParams();
  const address = location.search;
  const search = useMemo(() => new URLSearchParams(address), [address]);
  const set = (name: string, value: string): void => {
    setSearch(
      () => {
        const next = new URLSearchParams(location.search);
        if (value === "") next.delete(name);
        else next.set(name, value);
        return next;
      },
      { replace: true },
    );
  };
  return [search, set];
}
