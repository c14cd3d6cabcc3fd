import { useQuery } from "@tanstack/react-query";
import { api } from "../../api/client";
import { ask } from "../../api/problem";
import type { KeyHolder } from "../../api/shapes";
import { Chip } from "../../parts/Chip";
import { Card, Loading, Page } from "../../parts/Page";
import { Trouble } from "../../parts/Trouble";
import { common, titles } from "../../words/en";
import { keyHolders as text, pupils } from "../../words/en.holder";
import { devices } from "../../words/en.keys";
import { dateInFull } from "../../words/when";
import { useCategories } from "../concerns/category_picker";
import styles from "./keys.module.css";
import { OpenWork } from "./open_work";

/** Everyone whose key opens the records, what it opens, and the six words that prove the list. */
export default function ListHolders() {
  const holders = useQuery({ queryKey: ["key-holders"], queryFn: () => ask(api.GET("/v1/key-holders")) });
  return (
    <Page title={titles.keyHolders} heading={text.heading} lead={text.lead} width="wide">
      <Trouble error={holders.error} onRetry={() => void holders.refetch()} />
      {holders.isPending && <Loading />}
      {holders.data && (
        <>
          <Card heading={text.words}>
            <p className={styles.words}>{holders.data.roll_words}</p>
            <p className={styles.meta}>
              {text.wordsHint} {text.length(holders.data.roll_length)}.
            </p>
          </Card>
          <div className={styles.holders}>
            {holders.data.items.map((holder) => (
              <Holder key={holder.member.id} holder={holder} />
            ))}
          </div>
          <OpenWork holders={holders.data.items} />
        </>
      )}
    </Page>
  );
}

function Holder({ holder }: { holder: KeyHolder }) {
  const categories = useCategories();
  const nameOf = (id: string) => categories.data?.items.find((one) => one.id === id)?.name ?? id;
  return (
    <Card heading={holder.member.name}>
      <div className={styles.chips}>
        {holder.compartments.map((name) => (
          <Chip key={name} tone="accent">
            {text.compartments[name] ?? name}
          </Chip>
        ))}
        {holder.expires_on && <Chip tone="caution">{text.until(dateInFull(holder.expires_on))}</Chip>}
      </div>
      <dl className={styles.facts}>
        <div>
          <dt>{text.categories}</dt>
          <dd>{holder.categories?.map(nameOf).join(", ") ?? text.all}</dd>
        </div>
        <div>
          <dt>{text.years}</dt>
          <dd>{holder.years?.map(pupils.yearName).join(", ") ?? text.all}</dd>
        </div>
        {holder.capabilities.length > 0 && (
          <div>
            <dt>{text.may}</dt>
            <dd>{common.and(holder.capabilities.map((name) => text.capabilities[name] ?? name))}</dd>
          </div>
        )}
        <div>
          <dt>{text.devices}</dt>
          <dd>
            <ul>
              {holder.devices.map((device) => (
                <li key={device.id}>
                  {device.name}: {devices.state[device.state].toLowerCase()}
                </li>
              ))}
            </ul>
          </dd>
        </div>
      </dl>
    </Card>
  );
}
