import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "../../api/client";
import { ask, explain } from "../../api/problem";
import type { ConcernStatus, Search as Query, SearchHit } from "../../api/shapes";
import { Link } from "../../app/router";
import { Button } from "../../parts/Button";
import { Chip } from "../../parts/Chip";
import { Select, TextField } from "../../parts/Field";
import { Form, Row } from "../../parts/Form";
import { Highlighted } from "../../parts/Highlighted";
import { More } from "../../parts/More";
import { ErrorSummary } from "../../parts/Notice";
import { Empty, Loading, Page } from "../../parts/Page";
import { titles } from "../../words/en";
import { concerns, holder, search as text } from "../../words/en.holder";
import { dayOf, startsSentence } from "../../words/when";
import { CategorySelect } from "./category_select";
import { ConcernList, Names, StatusChip } from "./summary";
import styles from "../pupils/pupils.module.css";

const STATUSES: ConcernStatus[] = ["new", "open", "closed"];

/** Words in the records. They go in the body of a request and are in no address or history. */
export default function SearchRecords() {
  const [words, setWords] = useState("");
  const [from, setFrom] = useState("");
  const [to, setTo] = useState("");
  const [category, setCategory] = useState("");
  const [status, setStatus] = useState("");
  const [tried, setTried] = useState(false);
  const find = useMutation({
    mutationFn: (body: Query) => ask(api.POST("/v1/searches", { body })),
  });
  const submit = () => {
    setTried(true);
    if (!words.trim() || find.isPending) return;
    find.mutate({
      words: words.trim(),
      ...(from ? { from } : {}),
      ...(to ? { to } : {}),
      ...(category ? { category } : {}),
      ...(status ? { status: status as ConcernStatus } : {}),
    });
  };
  const result = find.data;
  return (
    <Page title={titles.search} heading={text.heading} lead={text.lead}>
      <Form role="search" onSubmit={submit}>
        <ErrorSummary refusal={find.error ? explain(find.error) : undefined} />
        <TextField
          label={text.words}
          type="search"
          autoComplete="off"
          value={words}
          error={tried && !words.trim() ? text.missing : undefined}
          onChange={(event) => setWords(event.target.value)}
        />
        <p>
          <Button type="submit" look="main" busy={find.isPending}>
            {text.go}
          </Button>
        </p>
        <More heading={text.narrow} hint={text.narrowHint}>
          <Row>
            <CategorySelect value={category} onChange={setCategory} />
            <Select label={concerns.status} value={status} onChange={(event) => setStatus(event.target.value)}>
              <option value="">{concerns.any}</option>
              {STATUSES.map((one) => (
                <option key={one} value={one}>
                  {holder.status[one]}
                </option>
              ))}
            </Select>
          </Row>
          <Row>
            <TextField label={text.from} type="date" value={from} onChange={(event) => setFrom(event.target.value)} />
            <TextField label={text.to} type="date" value={to} onChange={(event) => setTo(event.target.value)} />
          </Row>
        </More>
      </Form>
      {find.isPending && <Loading />}
      <div role="status">
        {result && result.items.length === 0 && <Empty>{text.none}</Empty>}
        {result && result.items.length > 0 && (
          <p className={styles.meta}>{text.found(result.items.length, result.scanned, result.more)}</p>
        )}
      </div>
      {result && result.items.length > 0 && (
        <ConcernList>
          {result.items.map((hit, index) => (
            <Hit key={`${hit.concern.id} ${hit.where} ${index}`} hit={hit} />
          ))}
        </ConcernList>
      )}
    </Page>
  );
}

function Hit({ hit }: { hit: SearchHit }) {
  return (
    <li>
      <Link className={styles.hit} href={`/concerns/${hit.concern.id}`}>
        <strong>
          <Names pupils={hit.concern.pupils} />
        </strong>
        <span>
          <Highlighted text={hit.excerpt} ranges={hit.highlights} />
        </span>
        <span className={styles.chips}>
          <Chip>{text.where[hit.where]}</Chip>
          <StatusChip status={hit.concern.status} />
          <span className={styles.meta}>
            {startsSentence(dayOf(hit.concern.occurred_at ?? hit.concern.received_at))}
          </span>
        </span>
      </Link>
    </li>
  );
}
