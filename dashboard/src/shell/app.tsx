import { lazy, Suspense } from "react";
import { Link, Route, Switch, useLocation } from "wouter";
import { SignedIn } from "../sign-in/signed-in.tsx";
import { LiveBadge } from "./live-badge.tsx";
import { PageBoundary } from "./page-boundary.tsx";

const FleetPage = lazy(async () => ({ default: (await import("../fleet/fleet-page.tsx")).FleetPage }));
const DevicePage = lazy(async () => ({ default: (await import("../device/device-page.tsx")).DevicePage }));
const AlertsPage = lazy(async () => ({ default: (await import("../alerts/alerts-page.tsx")).AlertsPage }));
const RulesPage = lazy(async () => ({ default: (await import("../rules/rules-page.tsx")).RulesPage }));
const RulePage = lazy(async () => ({ default: (await import("../rules/rule-page.tsx")).RulePage }));
const PipelinePage = lazy(async () => ({ default: (await import("../pipeline/pipeline-page.tsx")).PipelinePage }));
const QuarantinePage = lazy(async () => ({
  default: (await import("../quarantine/quarantine-page.tsx")).QuarantinePage,
}));

const places = [
  ["/", "Fleet"],
  ["/alerts", "Alerts"],
  ["/rules", "Rules"],
  ["/pipeline", "Pipeline"],
] as const;

/** Whether a place is where the reader is, or above it. */
function isAt(location: string, path: string): boolean {
  return location === path || (path !== "/" && location.startsWith(`${path}/`));
}

export function App() {
  const [location] = useLocation();
  return (
    <SignedIn>
      <div className="shell">
        <nav className="shell-bar" aria-label="Pages">
          <strong>Headwater</strong>
          {places.map(([path, name]) => (
            <Link key={path} href={path} aria-current={isAt(location, path) ? "page" : undefined}>
              {name}
            </Link>
          ))}
          <span className="shell-end">
            <LiveBadge />
          </span>
        </nav>
        <main>
          <PageBoundary key={location.split("/")[1]}>
            <Suspense fallback={<p aria-busy="true">Loading…</p>}>
              <Switch>
                <Route path="/" component={FleetPage} />
                <Route path="/devices/:id">{({ id }) => <DevicePage key={id} id={decodeURIComponent(id)} />}</Route>
                <Route path="/alerts/:id?">{({ id }) => <AlertsPage id={id} />}</Route>
                <Route path="/rules" component={RulesPage} />
                <Route path="/rules/new">
                  <RulePage />
                </Route>
                <Route path="/rules/:id">{({ id }) => <RulePage key={id} id={decodeURIComponent(id)} />}</Route>
                <Route path="/pipeline" component={PipelinePage} />
                <Route path="/quarantine/:id?">{({ id }) => <QuarantinePage id={id} />}</Route>
                <Route>
                  <h1>There is no such page</h1>
                  <Link href="/">To the fleet</Link>
                </Route>
              </Switch>
            </Suspense>
          </PageBoundary>
        </main>
      </div>
    </SignedIn>
  );
}
