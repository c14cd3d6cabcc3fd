import { QueryClientProvider } from "@tanstack/react-query";
import { Component, type ReactNode, Suspense, useEffect } from "react";
import { mint } from "../api/session";
import { SignInAgain } from "../pages/sessions/sign_in_again";
import { SignIn } from "../pages/sessions/sign_in";
import { ChooseSchool } from "../pages/sessions/choose_school";
import { Button } from "../parts/Button";
import { Notice } from "../parts/Notice";
import { Empty, Loading, Page } from "../parts/Page";
import { common, problems, titles } from "../words/en";
import { HiddenScreen, useHidden, useHideKeys } from "./hide";
import { Link, navigate, usePath } from "./router";
import { queries } from "./queries";
import { find, type Route } from "./routes";
import { useSessionState } from "./session";
import { BareShell, Shell } from "./Shell";

export function App() {
  useHideKeys();
  const isHidden = useHidden();
  return (
    <QueryClientProvider client={queries}>
      {isHidden && <HiddenScreen />}
      <div hidden={isHidden}>
        <Failsafe>
          <Screen />
        </Failsafe>
      </div>
    </QueryClientProvider>
  );
}

function Screen() {
  const path = usePath();
  const state = useSessionState();
  const found = find(path);

  if (found?.route.need === "anyone") {
    return (
      <BareShell>
        <Drawn route={found.route} params={found.params} />
      </BareShell>
    );
  }
  if (state.phase === "starting") return <Loading />;
  if (state.phase === "away") {
    return (
      <BareShell>
        <Page title={common.product} heading={common.product} width="narrow">
          <Notice tone="caution" live>
            {problems.offline}
          </Notice>
          <Button look="main" size="large" wide onClick={() => void mint()}>
            {common.tryAgain}
          </Button>
        </Page>
      </BareShell>
    );
  }
  if (state.phase === "out") {
    return (
      <BareShell>
        <SignIn />
      </BareShell>
    );
  }
  const { session, asking } = state;
  if (!session.member) {
    return (
      <BareShell>
        <ChooseSchool schools={session.schools} />
      </BareShell>
    );
  }
  const unlocked = session.level === "unlocked";
  return (
    <>
      <Shell>
        {path === "/" ? (
          <Home path={unlocked ? "/dashboard" : session.member.key_holder ? "/unlock" : "/record"} />
        ) : found ? (
          <Drawn key={path} route={gate(found.route, unlocked)} params={found.params} />
        ) : (
          <NotFound />
        )}
      </Shell>
      {asking && <SignInAgain email={session.account.email} />}
    </>
  );
}

/** What needs the records open shows the unlock page in its place, and itself once they are. */
function gate(route: Route, unlocked: boolean): Route {
  if (route.need !== "unlocked" || unlocked) return route;
  return find("/unlock")?.route ?? route;
}

function Drawn({ route, params }: { route: Route; params: Record<string, string> }) {
  const Wanted = route.page;
  return (
    <Suspense fallback={<Loading />}>
      <Wanted params={params} />
    </Suspense>
  );
}

function Home({ path }: { path: string }) {
  useEffect(() => navigate(path, true), [path]);
  return <Loading />;
}

export function NotFound() {
  return (
    <Page title={titles.notFound} heading={common.notFoundTitle} width="narrow">
      <Empty>{common.notFound}</Empty>
      <p>
        <Link href="/">{common.goHome}</Link>
      </p>
    </Page>
  );
}

/** A page that could not be loaded (a connection lost between two pages) says so, and can be tried again. */
class Failsafe extends Component<{ children: ReactNode }, { failed: boolean }> {
  override state = { failed: false };

  static getDerivedStateFromError() {
    return { failed: true };
  }

  override render() {
    if (!this.state.failed) return this.props.children;
    return (
      <BareShell>
        <Page title={common.product} heading={common.product} width="narrow">
          <Notice tone="danger">{common.pageFailed}</Notice>
          <Button look="main" onClick={() => location.reload()}>
            {common.tryAgain}
          </Button>
        </Page>
      </BareShell>
    );
  }
}
