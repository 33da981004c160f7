import { useEffect, useState } from "react";
import { Link, useLocation } from "wouter";
import { codeOf } from "../design/late-code.tsx";
import { needsOf } from "../places/needs.ts";
import { useMay } from "../sign-in/session.ts";
import { LiveBadge } from "./live-badge.tsx";
import { PageBoundary } from "./page-boundary.tsx";
import { isAt, places } from "./places.ts";
import { ThemeButton } from "./theme-button.tsx";

const { Shown: CommandPalette } = codeOf(async () => (await import("./command-palette.tsx")).default, null);

export function TopBar() {
  const [location] = useLocation();
  const may = useMay();
  const [isSearching, setSearching] = useState(false);
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.key.toLowerCase() !== "k" || !(event.metaKey || event.ctrlKey)) return;
      event.preventDefault();
      setSearching(true);
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, []);
  return (
    <header className="shell-bar">
      <a className="button skip" href="#content">
        To the content
      </a>
      <Link href="/" className="brand">
        <img src="/icon.svg" alt="" width="20" height="20" />
        Headwater
      </Link>
      <nav aria-label="Pages">
        {places
          .filter(({ path }) => may(...needsOf(path)))
          .map(({ path, name }) => (
            <Link key={path} href={path} aria-current={isAt(location, path) ? "page" : undefined}>
              {name}
            </Link>
          ))}
      </nav>
      <div className="shell-end">
        <LiveBadge />
        <button type="button" className="button bare" onClick={() => setSearching(true)}>
          Search <kbd className="wide-only">Ctrl K</kbd>
        </button>
        <ThemeButton />
      </div>
      {isSearching && (
        <PageBoundary isBeside>
          <CommandPalette onClose={() => setSearching(false)} />
        </PageBoundary>
      )}
    </header>
  );
}
