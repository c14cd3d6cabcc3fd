import { useMutation, useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { api } from "../../api/client";
import { ask, explain } from "../../api/problem";
import { mint, tellOtherTabs } from "../../api/session";
import type { UnlockStarted } from "../../api/shapes";
import { Link, navigate, usePath } from "../../app/router";
import { useMember, useSession } from "../../app/session";
import { Button, buttonLook } from "../../parts/Button";
import { Notice } from "../../parts/Notice";
import { Page } from "../../parts/Page";
import { Trouble } from "../../parts/Trouble";
import { titles } from "../../words/en";
import { unlock as text } from "../../words/en.holder";
import { handOff, paperCode } from "../../words/en.keys";
import { left } from "../../words/when";
import { useRemaining } from "./enrolment_code";
import { OpenOnThisDevice } from "./hand_off";
import { PaperCode } from "./paper_code";
import styles from "./keys.module.css";

/** Shows the number to type in the app, and opens the page that was wanted once the app has agreed. */
export default function Unlock() {
  const session = useSession();
  const member = useMember();
  const path = usePath();
  const [started, setStarted] = useState<UnlockStarted>();
  const [paper, setPaper] = useState(false);
  const wanted = path === "/unlock" ? "/dashboard" : path;
  const start = useMutation({
    mutationFn: async (handOff: boolean) => {
      // What waits from this browser gives way: one waits at a time.
      if (started) await ask(api.DELETE("/v1/unlock"));
      return ask(api.POST("/v1/unlocks", { body: { hand_off: handOff } }));
    },
    onSuccess: setStarted,
  });

  const unlocked = session.level === "unlocked";
  const waited = started !== undefined;
  // Another tab may have opened what this one waits for: it is where the app came back to.
  useEffect(() => {
    if (unlocked && waited) navigate(wanted, true);
  }, [unlocked, waited, wanted]);

  if (unlocked) {
    return (
      <Page title={titles.unlock} heading={text.alreadyOpen} width="narrow">
        <p>
          <Link className={buttonLook("main", "large")} href="/dashboard">
            {text.goOn}
          </Link>
        </p>
      </Page>
    );
  }
  const noDevice = !member.key_holder || (start.error && explain(start.error).slug === "no-granted-device");
  const lead = paper ? paperCode.lead : started ? undefined : text.lead;
  return (
    <Page title={titles.unlock} heading={text.heading} lead={lead} width="narrow">
      {noDevice ? (
        <Notice tone="caution" live>
          <p>{text.noDevice}</p>
          <p>{text.noDeviceHint}</p>
          <p>
            <Link className={buttonLook("main")} href="/key">
              {text.toKey}
            </Link>
          </p>
        </Notice>
      ) : (
        !paper && <Trouble error={start.error} />
      )}
      {noDevice ? null : paper ? (
        <PaperCode wanted={wanted} onBack={() => setPaper(false)} />
      ) : started ? (
        <Waiting
          key={started.id}
          started={started}
          wanted={wanted}
          busy={start.isPending}
          onStart={start.mutate}
          onStop={() => {
            setStarted(undefined);
            void api.DELETE("/v1/unlock").catch(() => undefined);
          }}
        />
      ) : (
        <>
          <Button look="main" size="large" wide busy={start.isPending} onClick={() => start.mutate(false)}>
            {start.isPending ? text.starting : text.start}
          </Button>
          <Button size="large" wide busy={start.isPending} onClick={() => start.mutate(true)}>
            {handOff.offer}
          </Button>
        </>
      )}
      {!noDevice && !paper && (
        <Button look="quiet" onClick={() => setPaper(true)}>
          {paperCode.offer}
        </Button>
      )}
    </Page>
  );
}

const OVER = new Set(["refused", "failed", "expired", "locked"]);

function Waiting({
  started,
  wanted,
  busy,
  onStart,
  onStop,
}: {
  started: UnlockStarted;
  wanted: string;
  busy: boolean;
  onStart: (handOff: boolean) => void;
  onStop: () => void;
}) {
  const remaining = useRemaining(started.expires_at);
  const asked = useQuery({
    queryKey: ["unlocks", started.id],
    queryFn: () => ask(api.GET("/v1/unlocks/{id}", { params: { path: { id: started.id } } })),
    refetchInterval: (query) => {
      const state = query.state.data?.state;
      return state === "open" || (state && OVER.has(state)) ? false : 1_200;
    },
    refetchIntervalInBackground: true,
    retry: true,
  });
  const said = asked.data?.state ?? "pending";
  const state = remaining <= 0 && (said === "pending" || said === "claimed") ? "expired" : said;

  useEffect(() => {
    if (state !== "open") return;
    void mint().then(() => {
      tellOtherTabs();
      navigate(wanted, true);
    });
  }, [state, wanted]);

  if (OVER.has(state)) {
    return (
      <>
        <Notice tone={state === "expired" ? "caution" : "danger"} live>
          <p>{text.states[state]}</p>
          {(state === "refused" || state === "failed") && <p>{text.notMeAdvice}</p>}
        </Notice>
        <Button look="main" size="large" wide busy={busy} onClick={() => onStart(started.digits === 0)}>
          {text.again}
        </Button>
      </>
    );
  }
  if (started.digits === 0) {
    return (
      <>
        <div className={styles.numberBox}>
          <OpenOnThisDevice started={started} />
          <p role="status" className={styles.waiting}>
            {text.states[state]}
          </p>
          <p className={styles.meta} role="timer">
            {text.expiresIn(left(remaining))}
          </p>
        </div>
        <Button look="quiet" busy={busy} onClick={() => onStart(false)}>
          {handOff.byNumber}
        </Button>
        <Button look="quiet" onClick={onStop}>
          {text.stop}
        </Button>
      </>
    );
  }
  return (
    <>
      <div className={styles.numberBox}>
        <h2>{text.numberLead}</h2>
        <p
          className={styles.number}
          data-long={started.digits > 2 ? "" : undefined}
          role="img"
          aria-label={text.numberLabel([...started.number].join(" "))}
        >
          <Grouped number={started.number} />
        </p>
        <p role="status" className={styles.waiting}>
          {text.states[state]}
        </p>
        <p className={styles.meta} role="timer">
          {text.expiresIn(left(remaining))}
        </p>
      </div>
      <ol className={styles.steps}>
        {text.how.map((step) => (
          <li key={step}>
            <p>{step}</p>
          </li>
        ))}
      </ol>
      <Button look="quiet" onClick={onStop}>
        {text.stop}
      </Button>
    </>
  );
}

/** Six figures are read and typed as three and three. */
function Grouped({ number }: { number: string }) {
  if (number.length < 5) return number;
  const half = Math.ceil(number.length / 2);
  return (
    <>
      <span className={styles.group}>{number.slice(0, half)}</span>
      <span>{number.slice(half)}</span>
    </>
  );
}
