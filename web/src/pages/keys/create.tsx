import { useMutation } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { api } from "../../api/client";
import { ask } from "../../api/problem";
import { mint } from "../../api/session";
import { Link } from "../../app/router";
import { Button, buttonLook } from "../../parts/Button";
import { Buttons } from "../../parts/Form";
import { Notice } from "../../parts/Notice";
import { Page } from "../../parts/Page";
import { Trouble } from "../../parts/Trouble";
import { titles } from "../../words/en";
import { devices as text } from "../../words/en.keys";
import { EnrolmentCode } from "./enrolment_code";
import styles from "./keys.module.css";
import { useDevices } from "./list_devices";

/** "Creating your key": get the app, scan, be granted. The page notices each step by itself. */
export default function CreateKey() {
  const [known, setKnown] = useState<Set<string>>();
  const start = useMutation({ mutationFn: () => ask(api.POST("/v1/enrolments", { body: {} })) });
  const devices = useDevices(start.isSuccess || known !== undefined);
  const items = devices.data?.items ?? [];
  useEffect(() => {
    if (devices.data && !known) setKnown(new Set(devices.data.items.map((device) => device.id)));
  }, [devices.data, known]);

  const fresh = known ? items.find((device) => !known.has(device.id)) : undefined;
  const pending = fresh ?? (start.isIdle ? items.find((device) => device.state === "ungranted") : undefined);
  const made = Boolean(pending);
  const granted = fresh?.state === "granted";
  useEffect(() => {
    if (granted) void mint();
  }, [granted]);

  return (
    <Page title={titles.key} heading={text.steps.heading} lead={text.steps.lead} width="narrow">
      <ol className={styles.steps}>
        <li data-done={made ? "" : undefined}>
          <div>
            <h2>{text.steps.install}</h2>
            <p>{text.steps.installText}</p>
          </div>
        </li>
        <li data-done={made ? "" : undefined}>
          <div>
            <h2>{text.steps.scan}</h2>
            <p>{text.steps.scanText}</p>
          </div>
        </li>
        <li data-done={granted ? "" : undefined}>
          <div>
            <h2>{text.steps.grant}</h2>
            <p>{text.steps.grantText}</p>
          </div>
        </li>
      </ol>
      <Trouble error={start.error ?? devices.error} onRetry={() => start.mutate()} />
      {!made && !start.data && (
        <Button look="main" size="large" wide busy={start.isPending} onClick={() => start.mutate()}>
          {text.steps.scan}
        </Button>
      )}
      {!made && start.data && (
        <EnrolmentCode enrolment={start.data} onRenew={() => start.mutate()} busy={start.isPending} />
      )}
      <div role="status">
        {granted ? (
          <Notice tone="good">{text.steps.ready}</Notice>
        ) : made ? (
          <p className={styles.waiting}>{text.steps.waitingForGrant}</p>
        ) : (
          start.data && <p className={styles.waiting}>{text.steps.waitingForScan}</p>
        )}
      </div>
      <Buttons>
        {granted && (
          <Link className={buttonLook("main", "large")} href="/unlock">
            {text.steps.goUnlock}
          </Link>
        )}
        {made && !granted && start.isIdle && (
          <Button busy={start.isPending} onClick={() => start.mutate()}>
            {text.addAnother}
          </Button>
        )}
        <Link className={buttonLook("quiet")} href="/record">
          {text.steps.later}
        </Link>
      </Buttons>
    </Page>
  );
}
