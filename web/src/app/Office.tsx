import type { ReactNode } from "react";
import { Button } from "../parts/Button";
import { Notice } from "../parts/Notice";
import { Page } from "../parts/Page";
import { problems, shell } from "../words/en";
import { office as text } from "../words/en.admin";
import { lockRecords } from "./LockButton";
import { useMember, useSession } from "./session";

/** An administrator's page. It is never open beside the records, so that neither leaks into the other. */
export function Office({ title, children }: { title: string; children: ReactNode }) {
  const session = useSession();
  const member = useMember();
  if (session.level === "unlocked") {
    return (
      <Page title={title} heading={title} width="narrow">
        <Notice heading={text.lockedOut}>{text.lockedOutHint}</Notice>
        <Button look="main" onClick={() => void lockRecords()}>
          {shell.lockNow}
        </Button>
      </Page>
    );
  }
  if (!member.roles.includes("administrator")) {
    return (
      <Page title={title} heading={title} width="narrow">
        <Notice>{problems.known["not-allowed"]}</Notice>
      </Page>
    );
  }
  return children;
}
