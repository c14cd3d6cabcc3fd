import { useQuery } from "@tanstack/react-query";
import { useDeferredValue, useState } from "react";
import { api } from "../../api/client";
import { ask } from "../../api/problem";
import { Link } from "../../app/router";
import { Chip } from "../../parts/Chip";
import { TextField } from "../../parts/Field";
import { Icon } from "../../parts/Icon";
import { Empty, Page } from "../../parts/Page";
import { Trouble } from "../../parts/Trouble";
import { titles } from "../../words/en";
import { pupils as text } from "../../words/en.holder";
import styles from "./pupils.module.css";

/** Pupils within the grant, found while the name is being typed. The name is never in an address. */
export default function SearchPupils() {
  const [typed, setTyped] = useState("");
  const letters = useDeferredValue(typed.trim());
  const enough = [...letters].length >= 2;
  const found = useQuery({
    queryKey: ["pupils", "search", letters.toLowerCase()],
    queryFn: ({ signal }) => ask(api.POST("/v1/pupil-searches", { body: { letters }, signal })),
    enabled: enough,
    placeholderData: (before) => before,
  });
  const items = enough ? (found.data?.items ?? []) : [];
  return (
    <Page title={titles.pupils} heading={text.heading} lead={text.lead}>
      <TextField
        label={text.find}
        hint={text.findHint}
        type="search"
        autoComplete="off"
        spellCheck={false}
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
      />
      <Trouble error={found.error} onRetry={() => void found.refetch()} />
      <div role="status">
        {!enough && <p className={styles.meta}>{text.start}</p>}
        {enough && found.isSuccess && items.length === 0 && <Empty>{text.none}</Empty>}
      </div>
      {items.length > 0 && (
        <ul className={styles.list}>
          {items.map((pupil) => (
            <li key={pupil.id}>
              <Link className={styles.row} href={`/pupils/${pupil.id}`}>
                <span>
                  <strong>{pupil.name}</strong>{" "}
                  <span className={styles.meta}>
                    {[pupil.class_name, pupil.year && text.yearName(pupil.year)].filter(Boolean).join(" · ")}
                  </span>
                </span>
                <Chip tone={pupil.concerns > 0 ? "accent" : "plain"}>{text.concerns(pupil.concerns)}</Chip>
                <Icon name="right" />
              </Link>
            </li>
          ))}
        </ul>
      )}
    </Page>
  );
}
