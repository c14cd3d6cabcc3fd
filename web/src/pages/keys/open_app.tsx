import { useState } from "react";
import { usePath } from "../../app/router";
import { CopyLink } from "../../parts/CopyLink";
import { Notice } from "../../parts/Notice";
import { Page } from "../../parts/Page";
import { titles } from "../../words/en";
import { app as text } from "../../words/en.member";
import { OpenAppToUnlock } from "./open_app_unlock";

/** Where a link lands that is meant for the app: with a code in it, or with a request to unlock. */
export default function OpenApp() {
  return usePath() === "/app/unlock" ? <OpenAppToUnlock /> : <TakeCode />;
}

/** Where a camera lands that read a code: the code, to be taken to the app. */
function TakeCode() {
  const [link] = useState(() => (location.hash.length > 1 ? location.href : undefined));
  return (
    <Page title={titles.app} heading={text.heading} lead={link ? text.lead : undefined} width="narrow">
      {link ? <CopyLink link={link} /> : <Notice tone="caution">{text.none}</Notice>}
    </Page>
  );
}
