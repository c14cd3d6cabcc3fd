import { Link } from "../../app/router";
import { Icon, type IconName } from "../../parts/Icon";
import { Page } from "../../parts/Page";
import { titles } from "../../words/en";
import { welcome as text } from "../../words/en.member";
import styles from "./welcome.module.css";

/** The first sign-in: write, or create the key that reads. */
export default function Welcome() {
  return (
    <Page title={titles.welcome} heading={text.heading} lead={text.lead} width="narrow">
      <ul className={styles.ways}>
        <Way href="/record" icon="write" words={text.record} more={text.recordText} />
        <Way href="/key" icon="key" words={text.key} more={text.keyText} />
      </ul>
    </Page>
  );
}

function Way({ href, icon, words, more }: { href: string; icon: IconName; words: string; more: string }) {
  return (
    <li>
      <Link className={styles.way} href={href}>
        <Icon name={icon} size={26} />
        <span>
          <strong>{words}</strong>
          <span className={styles.more}>{more}</span>
        </span>
        <Icon name="right" />
      </Link>
    </li>
  );
}
