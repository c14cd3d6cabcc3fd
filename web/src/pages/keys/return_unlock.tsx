import { useMutation } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { api } from "../../api/client";
import { ask } from "../../api/problem";
import { mint, tellOtherTabs } from "../../api/session";
import { Link, navigate } from "../../app/router";
import { useSessionState } from "../../app/session";
import { Button, buttonLook } from "../../parts/Button";
import { Notice } from "../../parts/Notice";
import { Loading, Page } from "../../parts/Page";
import { Trouble } from "../../parts/Trouble";
import { common, problems, titles } from "../../words/en";
import { handOff as text } from "../../words/en.keys";

type Brought = { id: string; token: string };

/** What the app has opened this page with; it stands after the `#`, so that no server was told. */
function brought(): Brought | undefined {
  const [, id, token] = /^#(unl_[0-9a-f]{32})\.([A-Za-z0-9_-]{43})$/.exec(location.hash) ?? [];
  return id && token ? { id, token } : undefined;
}

/** Where the app comes back to: opens the records, if this is the browser that asked. */
export default function ReturnFromApp() {
  const { phase } = useSessionState();
  const [back] = useState(brought);
  const sent = useRef(false);
  // Out of the address bar and the history at once.
  useEffect(() => history.replaceState(null, "", location.pathname), []);
  const { mutate, error } = useMutation({
    mutationFn: ({ id, token }: Brought) =>
      ask(api.POST("/v1/unlocks/{id}/return", { params: { path: { id } }, body: { token } })),
    onSuccess: async () => {
      await mint();
      tellOtherTabs();
      navigate("/dashboard", true);
    },
  });
  useEffect(() => {
    if (phase !== "in" || !back || sent.current) return;
    sent.current = true; // it is good once
    mutate(back);
  }, [phase, back, mutate]);

  if (back && !error && (phase === "starting" || phase === "in")) return <Loading />;
  return (
    <Page title={titles.unlock} heading={text.notOpened} width="narrow">
      {!back ? (
        <Notice tone="caution">{text.noRequest}</Notice>
      ) : phase === "away" ? (
        <Notice tone="caution" live>
          <p>{problems.offline}</p>
          <p>
            <Button onClick={() => void mint()}>{common.tryAgain}</Button>
          </p>
        </Notice>
      ) : phase === "out" ? (
        <Notice tone="danger" live>
          <p>{text.signedOut}</p>
        </Notice>
      ) : (
        <Trouble error={error} />
      )}
      <p>{text.advice}</p>
      <p>
        <Link className={buttonLook("second")} href="/unlock">
          {text.again}
        </Link>
      </p>
    </Page>
  );
}
