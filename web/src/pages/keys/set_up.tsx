import { useMutation, useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { api } from "../../api/client";
import { ask, explain, type Refusal } from "../../api/problem";
import { adopt, mint } from "../../api/session";
import type { Enrolment } from "../../api/shapes";
import { Link } from "../../app/router";
import { useSessionState } from "../../app/session";
import { Button, buttonLook } from "../../parts/Button";
import { TextField, Tick } from "../../parts/Field";
import { Buttons, Form } from "../../parts/Form";
import { ErrorSummary, Notice } from "../../parts/Notice";
import { Loading, Page } from "../../parts/Page";
import { Trouble } from "../../parts/Trouble";
import { problems, sign, titles } from "../../words/en";
import { passwordLink } from "../../words/en.member";
import { setup as text } from "../../words/en.setup";
import { EnrolmentCode } from "./enrolment_code";
import styles from "./keys.module.css";

const BLANK = { code: "", school_name: "", name: "", email: "", password: "" };
type Part = keyof typeof BLANK;
const IDS = { code: "code", school_name: "school_name", name: "name", email: "email", password: "password" };

/** A school's first hour: who is there, the first key, and then it is open. */
export default function SetUp() {
  const state = useSessionState();
  const [enrolment, setEnrolment] = useState<Enrolment>();
  const needed = useQuery({ queryKey: ["setup"], queryFn: () => ask(api.GET("/v1/setup")), staleTime: Infinity });
  // Whoever comes back to this page while the first key is still awaited is signed in already.
  useEffect(() => {
    if (state.phase === "starting") void mint();
  }, []);

  if (needed.isPending || state.phase === "starting") return <Loading />;
  if (needed.error) {
    return (
      <Page title={titles.setup} heading={text.heading} width="narrow">
        <Trouble error={needed.error} onRetry={() => void needed.refetch()} />
      </Page>
    );
  }
  if (state.phase === "in") return <FirstKey first={enrolment} />;
  if (!needed.data.needed && !needed.data.code_waits) {
    return (
      <Page title={titles.setup} heading={text.heading} width="narrow">
        <Notice>{text.notNeeded}</Notice>
        <p>
          <Link href="/">{sign.signIn}</Link>
        </p>
      </Page>
    );
  }
  return <AboutYou onBegun={setEnrolment} />;
}

function Steps({ at }: { at: number }) {
  return (
    <ol className={styles.progress}>
      {text.steps.map((step, index) => (
        <li key={step} data-done={index < at ? "" : undefined} aria-current={index === at ? "step" : undefined}>
          {step}
        </li>
      ))}
    </ol>
  );
}

function AboutYou({ onBegun }: { onBegun: (enrolment: Enrolment) => void }) {
  const [fields, setFields] = useState(BLANK);
  const [show, setShow] = useState(false);
  const [missing, setMissing] = useState<Refusal>();
  const start = useMutation({
    mutationFn: () => ask(api.POST("/v1/setup", { body: { ...fields, code: fields.code.trim() } })),
    onSuccess: ({ session, enrolment }) => {
      onBegun(enrolment);
      adopt(session);
    },
  });
  const refusal = missing ?? (start.error ? explain(start.error) : undefined);
  const submit = () => {
    const empty: Record<string, string> = {};
    for (const part of Object.keys(BLANK) as Part[]) if (!fields[part].trim()) empty[part] = text.missing[part];
    if ([...fields.password].length < 12) empty["password"] = text.missing.password;
    if (Object.keys(empty).length > 0) {
      return setMissing({ slug: "", status: 422, words: problems.known["invalid-input"], fields: empty });
    }
    setMissing(undefined);
    if (!start.isPending) start.mutate();
  };
  const bind = (part: Part) => ({
    id: part,
    value: fields[part],
    error: refusal?.fields[part],
    onChange: (event: { target: { value: string } }) => setFields({ ...fields, [part]: event.target.value }),
  });
  return (
    <Page title={titles.setup} heading={text.heading} lead={text.lead} width="narrow">
      <Steps at={0} />
      <Form onSubmit={submit}>
        <ErrorSummary refusal={refusal} fields={IDS} />
        <TextField {...bind("code")} label={text.code} hint={text.codeHint} autoComplete="off" spellCheck={false} />
        <TextField {...bind("school_name")} label={text.school} autoComplete="organization" />
        <TextField {...bind("name")} label={text.name} autoComplete="name" />
        <TextField {...bind("email")} label={text.email} type="email" autoComplete="username" autoCapitalize="none" />
        <TextField
          {...bind("password")}
          label={text.password}
          hint={text.passwordHint}
          type={show ? "text" : "password"}
          autoComplete="new-password"
        />
        <Tick label={passwordLink.showPassword} checked={show} onChange={(event) => setShow(event.target.checked)} />
        <Button type="submit" look="main" size="large" wide busy={start.isPending}>
          {text.begin}
        </Button>
      </Form>
    </Page>
  );
}

function FirstKey({ first }: { first: Enrolment | undefined }) {
  const progress = useQuery({
    queryKey: ["setup-progress"],
    queryFn: () => ask(api.GET("/v1/setup/progress")),
    refetchInterval: (query) => (query.state.data?.state === "open" ? false : 2_000),
    refetchIntervalInBackground: true,
  });
  const renew = useMutation({ mutationFn: () => ask(api.POST("/v1/setup/enrolment")) });
  const enrolment = renew.data ?? first;
  const open = progress.data?.state === "open";
  useEffect(() => {
    if (open) void mint();
  }, [open]);
  useEffect(() => {
    if (!enrolment && progress.data?.state === "waiting_for_key" && renew.isIdle) renew.mutate();
  }, [enrolment, progress.data?.state]);

  if (open) {
    return (
      <Page key="done" title={titles.setup} heading={text.doneHeading} lead={text.doneLead} width="narrow">
        <Steps at={2} />
        <h2>{text.next}</h2>
        <ol className={styles.steps}>
          {text.nextSteps.map((step) => (
            <li key={step}>
              <p>{step}</p>
            </li>
          ))}
        </ol>
        <Buttons>
          <Link className={buttonLook("main", "large")} href="/import">
            {text.toImport}
          </Link>
          <Link className={buttonLook("second", "large")} href="/unlock">
            {text.toUnlock}
          </Link>
        </Buttons>
      </Page>
    );
  }
  return (
    <Page key="key" title={titles.setup} heading={text.keyHeading} lead={text.keyLead} width="narrow">
      <Steps at={1} />
      <ol className={styles.steps}>
        {text.appSteps.map((step) => (
          <li key={step}>
            <p>{step}</p>
          </li>
        ))}
      </ol>
      <Trouble error={renew.error ?? progress.error} onRetry={() => renew.mutate()} />
      {enrolment && <EnrolmentCode enrolment={enrolment} onRenew={() => renew.mutate()} busy={renew.isPending} />}
      <div role="status">
        <p className={styles.waiting}>{text.waiting}</p>
      </div>
      <p className={styles.meta}>{text.waitingHint}</p>
    </Page>
  );
}
