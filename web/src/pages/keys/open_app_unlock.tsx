import { useState } from "react";
import { buttonLook } from "../../parts/Button";
import { Notice } from "../../parts/Notice";
import { Page } from "../../parts/Page";
import { titles } from "../../words/en";
import { handOff as text } from "../../words/en.keys";
import { schemeFor } from "./hand_off";

/** Where a link meant for the app lands if no app has claimed it. */
export function OpenAppToUnlock() {
  const [unlock] = useState(() => /^\?u=(unl_[0-9a-f]{32})$/.exec(location.search)?.[1]);
  return (
    <Page title={titles.app} heading={text.landing} width="narrow">
      {unlock ? (
        <>
          <p>{text.landingHow}</p>
          <p>
            <a className={buttonLook("main", "large")} href={schemeFor(unlock)}>
              {text.open}
            </a>
          </p>
        </>
      ) : (
        <Notice tone="caution">{text.noRequest}</Notice>
      )}
    </Page>
  );
}
