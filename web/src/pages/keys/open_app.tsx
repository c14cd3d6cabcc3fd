import { useState } from "react";
import { CopyLink } from "../../parts/CopyLink";
import { Notice } from "../../parts/Notice";
import { Page } from "../../parts/Page";
import { titles } from "../../words/en";
import { app as text } from "../../words/en.member";

/** Where a camera lands that read a code meant for the app: the code, to be taken there. */
export default function OpenApp() {
  const [link] = useState(() => (location.hash.length > 1 ? location.href : undefined));
  return (
    <Page title={titles.app} heading={text.heading} lead={link ? text.lead : undefined} width="narrow">
      {link ? <CopyLink link={link} /> : <Notice tone="caution">{text.none}</Notice>}
    </Page>
  );
}
