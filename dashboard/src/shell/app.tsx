import type { FunctionComponent } from "react";
import { Link, Redirect, Route, Switch, useLocation } from "wouter";
import { codeOf } from "../design/late-code.tsx";
import { FleetPage } from "../fleet/fleet-page.tsx";
import { Allowed } from "../places/allowed.tsx";
import { needsOf } from "../places/needs.ts";
import { useMay } from "../sign-in/session.ts";
import { SignedIn } from "../sign-in/signed-in.tsx";
import { namedInAddress } from "./named-in-address.ts";
import { PageBoundary } from "./page-boundary.tsx";
import { places } from "./places.ts";
import { TopBar } from "./top-bar.tsx";
import "./shell.css";

const placeAtFirst = location.pathname.split("/")[1] ?? "";

/**
 * A page whose code comes when it is shown; that of the address at which the browser begins is asked for at once, while
 * the platform is asked who is signed in.
 */
function page<Props extends object>(place: string, load: () => Promise<FunctionComponent<Props>>) {
  const { ask, Shown } = codeOf(load);
  // Told where the page is shown.
  if (placeAtFirst === place) ask().catch(() => {});
  return Shown;
}

const DevicePage = page("devices", async () => (await import("../device/device-page.tsx")).DevicePage);
const BoardsPage = page("boards", async () => (await import("../boards/boards-page.tsx")).BoardsPage);
const BoardPage = page("boards", async () => (await import("../boards/board-page.tsx")).BoardPage);
const NewBoardPage = page("boards", async () => (await import("../boards/board-page.tsx")).NewBoardPage);
const AlertsPage = page("alerts", async () => (await import("../alerts/alerts-page.tsx")).AlertsPage);
const RulesPage = page("rules", async () => (await import("../rules/rules-page.tsx")).RulesPage);
const RulePage = page("rules", async () => (await import("../rules/rule-page.tsx")).RulePage);
const PipelinePage = page("pipeline", async () => (await import("../pipeline/pipeline-page.tsx")).PipelinePage);
const QuarantinePage = page(
  "quarantine",
  async () => (await import("../quarantine/quarantine-page.tsx")).QuarantinePage,
);

const AccessPage = page("access", async () => (await import("../access/access-page.tsx")).AccessPage);
const AuditPage = page("audit", async () => (await import("../audit/audit-page.tsx")).AuditPage);
const ConnectPage = page("connect", async () => (await import("../first-visit/connect-page.tsx")).ConnectPage);
const DesignPage = page("design", async () => (await import("../design/design-page.tsx")).DesignPage);

/** The fleet; of those who may not see it, the first page that they may. */
function FirstPage() {
  const may = useMay();
  const first = places.find(({ path }) => may(...needsOf(path)))!;
  return first.path === "/" ? <FleetPage /> : <Redirect to={first.path} replace />;
}

export function App() {
  const [location] = useLocation();
  return (
    <SignedIn>
      <TopBar />
      <main id="content" tabIndex={-1}>
        <PageBoundary key={location.split("/")[1]}>
          <Allowed path={location}>
            <Switch>
              <Route path="/" component={FirstPage} />
              <Route path="/devices/:id">{() => <DevicePage key={namedInAddress()} id={namedInAddress()} />}</Route>
              <Route path="/connect" component={ConnectPage} />
              <Route path="/design" component={DesignPage} />
              <Route path="/boards" component={BoardsPage} />
              <Route path="/boards/new" component={NewBoardPage} />
              <Route path="/boards/:id">{() => <BoardPage key={namedInAddress()} id={namedInAddress()} />}</Route>
              <Route path="/alerts/:id?">{({ id }) => <AlertsPage id={id} />}</Route>
              <Route path="/rules" component={RulesPage} />
              <Route path="/rules/new">
                <RulePage />
              </Route>
              <Route path="/rules/:id">{() => <RulePage key={namedInAddress()} id={namedInAddress()} />}</Route>
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
          </Allowed>
        </PageBoundary>
      </main>
    </SignedIn>
  );
}
