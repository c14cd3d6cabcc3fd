import { useMutation } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { archiveOf, droppedFiles } from "../../api/archive";
import { explain, Refused } from "../../api/problem";
import type { ImportDone, ImportPreview, Refusal as Row } from "../../api/shapes";
import { upload } from "../../api/upload";
import { Office } from "../../app/Office";
import { Button } from "../../parts/Button";
import { Group, Tick } from "../../parts/Field";
import { Buttons } from "../../parts/Form";
import { Icon } from "../../parts/Icon";
import { ErrorSummary, Notice } from "../../parts/Notice";
import { Card, Page } from "../../parts/Page";
import { titles } from "../../words/en";
import { imports as text } from "../../words/en.admin";
import styles from "../admin.module.css";

/** Look at an archive before anything changes; then import it. */
export default function Import() {
  return (
    <Office title={titles.imports}>
      <Steps />
    </Office>
  );
}

async function send<T>(path: string, file: File, onProgress: (part: number) => void, fields?: Record<string, string>) {
  const answer = await upload({ path, file, onProgress, ...(fields ? { fields } : {}) });
  if (!answer.ok) throw new Refused(answer.refusal);
  return answer.body as T;
}

function Steps() {
  const [file, setFile] = useState<File>();
  const [chosen, setChosen] = useState<string>();
  const [part, setPart] = useState(0);
  const [schools, setSchools] = useState<string[]>([]);
  const input = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  const preview = useMutation({
    mutationFn: (chosen: File) => send<ImportPreview>("/v1/imports/previews", chosen, setPart),
  });
  const run = useMutation({
    mutationFn: (chosen: File) =>
      send<ImportDone>("/v1/imports", chosen, setPart, { schools: JSON.stringify(schools) }),
  });
  const take = async (files: File[]) => {
    const tables = files.filter((one) => /\.csv$/i.test(one.name));
    const archive = files.find((one) => !tables.includes(one));
    // Some systems give an archive, others a folder of files: the server is sent an archive either way.
    const several = tables.length > 1 || (tables.length > 0 && !archive);
    const one = several ? await archiveOf(tables, "roster.zip") : archive;
    if (!one) return;
    setFile(one);
    setChosen(several ? text.files(tables.length) : one.name);
    setSchools([]);
    run.reset();
    preview.mutate(one);
  };
  const busy = preview.isPending || run.isPending;
  const error = run.error ?? preview.error;

  return (
    <Page title={titles.imports} heading={text.heading} lead={text.lead} width="wide">
      <ErrorSummary refusal={error ? explain(error) : undefined} />
      {!run.isSuccess && (
        <div
          className={styles.drop}
          data-over={over ? "" : undefined}
          onDragOver={(event) => {
            event.preventDefault();
            setOver(true);
          }}
          onDragLeave={() => setOver(false)}
          onDrop={(event) => {
            event.preventDefault();
            setOver(false);
            void droppedFiles(event.dataTransfer).then(take);
          }}
        >
          <Icon name="upload" size={28} />
          {chosen && <p>{chosen}</p>}
          <input
            ref={input}
            type="file"
            accept=".zip,application/zip,.csv,text/csv"
            multiple
            hidden
            aria-label={text.choose}
            onChange={(event) => {
              void take([...(event.target.files ?? [])]);
              event.target.value = "";
            }}
          />
          <Button look={file ? "second" : "main"} busy={busy} onClick={() => input.current?.click()}>
            {file ? text.another : text.choose}
          </Button>
          <p className={styles.dropHint}>{text.drop}</p>
        </div>
      )}
      <div role="status">
        {busy && (
          <>
            <p>{part < 1 ? text.read(Math.round(part * 100)) : run.isPending ? text.importing : text.reading}</p>
            <progress
              className={styles.progress}
              max={1}
              value={part < 1 ? part : undefined}
              aria-label={text.reading}
            />
          </>
        )}
        {run.isSuccess && (
          <Notice tone="good" heading={text.done}>
            {text.doneLead}
          </Notice>
        )}
      </div>
      {run.data ? (
        <Done done={run.data} />
      ) : (
        preview.data && (
          <>
            <Preview preview={preview.data} schools={schools} onSchools={setSchools} />
            <Buttons>
              <Button look="main" size="large" busy={busy} onClick={() => file && run.mutate(file)}>
                {text.import}
              </Button>
            </Buttons>
          </>
        )
      )}
    </Page>
  );
}

function Preview({
  preview,
  schools,
  onSchools,
}: {
  preview: ImportPreview;
  schools: string[];
  onSchools: (ids: string[]) => void;
}) {
  return (
    <>
      <Card tone="quiet" heading={text.would}>
        <Figures figures={preview.changes} names={text.change} />
      </Card>
      {!preview.leavers_are_marked && <Notice>{text.leaversStay}</Notice>}
      <Card tone="quiet" heading={`${text.contains} (${text.formats[preview.format] ?? preview.format})`}>
        <Figures figures={preview.counts} names={text.kinds} />
      </Card>
      {preview.schools.length > 1 && (
        <Group label={text.schools} hint={text.schoolsHint}>
          {preview.schools.map((school) => (
            <Tick
              key={school.external_id}
              label={school.name}
              checked={schools.includes(school.external_id)}
              onChange={(event) =>
                onSchools(
                  event.target.checked
                    ? [...schools, school.external_id]
                    : schools.filter((id) => id !== school.external_id),
                )
              }
            />
          ))}
        </Group>
      )}
      <RefusedRows rows={preview.refused} />
    </>
  );
}

function Done({ done }: { done: ImportDone }) {
  const kinds = Object.keys(done.added) as (keyof ImportDone["added"])[];
  return (
    <>
      <div className={styles.tableFrame} tabIndex={0} role="region" aria-label={text.done}>
        <table className={styles.table}>
          <thead>
            <tr>
              <td />
              <th scope="col">{text.change.added}</th>
              <th scope="col">{text.change.changed}</th>
              <th scope="col">{text.change.unchanged}</th>
              <th scope="col">{text.change.left}</th>
            </tr>
          </thead>
          <tbody>
            {kinds.map((kind) => (
              <tr key={kind}>
                <th scope="row">{text.kinds[kind] ?? kind}</th>
                <td>{done.added[kind]}</td>
                <td>{done.changed[kind]}</td>
                <td>{done.unchanged[kind]}</td>
                <td>{done.left[kind]}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <RefusedRows rows={done.refused} />
    </>
  );
}

function Figures({ figures, names }: { figures: Record<string, number>; names: Record<string, string> }) {
  return (
    <dl className={styles.figures}>
      {Object.entries(figures).map(([name, figure]) => (
        <div key={name}>
          <dt>{names[name] ?? name}</dt>
          <dd>{figure.toLocaleString("en-GB")}</dd>
        </div>
      ))}
    </dl>
  );
}

const SHOWN = 200;

function RefusedRows({ rows }: { rows: Row[] }) {
  if (rows.length === 0) return <Notice tone="good">{text.noneRefused}</Notice>;
  return (
    <Card tone="quiet" heading={text.refused(rows.length)}>
      <p className={styles.meta}>{text.refusedHint}</p>
      <div className={styles.tableFrame} tabIndex={0} role="region" aria-label={text.refused(rows.length)}>
        <table className={styles.table}>
          <thead>
            <tr>
              <th scope="col">{text.file}</th>
              <th scope="col">{text.line}</th>
              <th scope="col">{text.column}</th>
              <th scope="col">{text.reason}</th>
            </tr>
          </thead>
          <tbody>
            {rows.slice(0, SHOWN).map((row, index) => (
              <tr key={index}>
                <td>{row.file}</td>
                <td>{row.line}</td>
                <td>{row.column}</td>
                <td>{row.reason}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {rows.length > SHOWN && <p className={styles.meta}>{text.firstOf(SHOWN, rows.length)}</p>}
    </Card>
  );
}
