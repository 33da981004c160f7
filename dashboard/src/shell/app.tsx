import { lazy, Suspense } from "react";
import { Link, Route, Switch, useLocation } from "wouter";
import { SignedIn } from "../sign-in/signed-in.tsx";
import { PageBoundary } from "./page-boundary.tsx";
import { TopBar } from "./top-bar.tsx";
import "./shell.css";

const FleetPage = lazy(async () => ({ default: (await import("../fleet/fleet-page.tsx")).FleetPage }));
const DevicePage = lazy(async () => ({ default: (await import("../device/device-page.tsx")).DevicePage }));
const BoardsPage = lazy(async () => ({ default: (await import("../boards/boards-page.tsx")).BoardsPage }));
const BoardPage = lazy(async () => ({ default: (await import("../boards/board-page.tsx")).BoardPage }));
const NewBoardPage = lazy(async () => ({ default: (await import("../boards/board-page.tsx")).NewBoardPage }));
const AlertsPage = lazy(async () => ({ default: (await import("../alerts/alerts-page.tsx")).AlertsPage }));
const RulesPage = lazy(async () => ({ default: (await import("../rules/rules-page.tsx")).RulesPage }));
const RulePage = lazy(async () => ({ default: (await import("../rules/rule-page.tsx")).RulePage }));
const PipelinePage = lazy(async () => ({ default: (await import("../pipeline/pipeline-page.tsx")).PipelinePage }));
const QuarantinePage = lazy(async () => ({
  default: (await import("../quarantine/quarantine-page.tsx")).QuarantinePage,
}));

const AccessPage = lazy(async () => ({ default: (await import("../access/access-page.tsx")).AccessPage }));
const AuditPage = lazy(async () => ({ default: (await import("../audit/audit-page.tsx")).AuditPage }));
const ConnectPage = lazy(async () => ({ default: (await import("../first-visit/connect-page.tsx")).ConnectPage }));
const DesignPage = lazy(async () => ({ default: (await import("../design/design-page.tsx")).DesignPage }));

export function App() {
  const [location] = useLocation();
  return (
    <SignedIn>
      <TopBar />
      <main id="content" tabIndex={-1}>
        <PageBoundary key={location.split("/")[1]}>
          <Suspense fallback={<p aria-busy="true">Loading…</p>}>
            <Switch>
              <Route path="/" component={FleetPage} />
              <Route path="/devices/:id">{({ id }) => <DevicePage key={id} id={decodeURIComponent(id)} />}</Route>
              <Route path="/connect" component={ConnectPage} />
              <Route path="/design" component={DesignPage} />
              <Route path="/boards" component={BoardsPage} />
              <Route path="/boards/new" component={NewBoardPage} />
              <Route path="/boards/:id">{({ id }) => <BoardPage key={id} id={decodeURIComponent(id)} />}</Route>
              <Route path="/alerts/:id?">{({ id }) => <AlertsPage id={id} />}</Route>
              <Route path="/rules" component={RulesPage} />
              <Route path="/rules/new">
                <RulePage />
              </Route>
              <Route path="/rules/:id">{({ id }) => <RulePage key={id} id={decodeURIComponent(id)} />}</Route>
              <Route path="/pipeline" component={PipelinePage} />
              <Route path="/quarantine/:id?">{({ id }) => <QuarantinePage id={id} />}</Route>
              <Route path="/access" component={AccessPage} />
              <Route path="/audit" component={AuditPage} />
              <Route>
                <h1>There is no such page</h1>
                <p className="empty">
                  Nothing is at <bdi>{location}</bdi>. <Link href="/">To the fleet</Link>
                </p>
              </Route>
            </Switch>
          </Suspense>
        </PageBoundary>
      </main>
    </SignedIn>
  );
}
