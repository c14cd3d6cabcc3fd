import { useEffect, useMemo, useRef, useState } from "react";
import type { Refusal } from "../../api/problem";
import { deskOf, sendNow, useDesk, useOutbox } from "../../app/outbox";
import { navigate } from "../../app/router";
import { useMember } from "../../app/session";
import { Button } from "../../parts/Button";
import { Dialog, DialogButtons } from "../../parts/Dialog";
import { Choices, Group, TextArea, TextField, Tick } from "../../parts/Field";
import { Form } from "../../parts/Form";
import { More } from "../../parts/More";
import { ErrorSummary, Notice } from "../../parts/Notice";
import { Page } from "../../parts/Page";
import { common, problems, record as text, titles } from "../../words/en";
import { dayAndTime, timeOf } from "../../words/when";
import { CategoryPicker } from "./category_picker";
import { coach } from "./coach";
import { check, type Fields, hasContent, toBody } from "./fields";
import { FilePicker } from "./file_picker";
import { PupilPicker } from "./pupil_picker";
import styles from "./record.module.css";
import { useDraft } from "./use_draft";
import { WhenPicker } from "./when_picker";

const IDS = {
  pupils: "pupils",
  narrative: "narrative",
  categories: "categories",
  occurred_at: "occurred_at",
  occurred_precision: "occurred_at",
  child_words: "child_words",
  location: "location",
  told_whom: "told_whom",
  staff_present: "staff_present",
};

/** Write a concern down and send it: who, what, when, and whatever else is known. */
export default function Record() {
  const member = useMember().id;
  const desk = useDesk(member);
  const outbox = desk?.outbox;
  const { parcels } = useOutbox(outbox);
  const draft = useDraft(desk);
  const { fields, change } = draft;
  const [refusal, setRefusal] = useState<Refusal>();
  const [sent, setSent] = useState<string>();
  const [sure, setSure] = useState(false);
  const mine = parcels.find((parcel) => parcel.id === sent);
  const receipt = mine?.receipt?.id;

  useEffect(() => {
    if (!receipt) return;
    void draft.clear().then(() => navigate(`/receipts/${receipt}`, true));
  }, [receipt]);

  // What came back, now or from an earlier visit, returns to the form if the form is free.
  const returned = parcels.find((parcel) => parcel.refusal);
  const takingBack = useRef(false);
  useEffect(() => {
    if (!returned?.refusal || !outbox || !draft.opened || takingBack.current) return;
    const mayReplace = sent ? returned.id === sent : !hasContent(fields);
    if (!mayReplace) return;
    takingBack.current = true;
    const { id, form, refusal: why } = returned;
    const takeBack = async () => {
      // It is kept as a draft before the outbox forgets it.
      await draft.replace(form as Fields, await outbox.filesOf(id));
      await outbox.drop(id);
      setRefusal(why);
      setSent(undefined);
    };
    void takeBack().finally(() => (takingBack.current = false));
  }, [returned, outbox, sent, fields, draft.opened]);

  const send = () => {
    if (sent) return;
    const now = new Date();
    const missing = check(fields, now);
    if (Object.keys(missing).length > 0) {
      return setRefusal({ slug: "", status: 422, words: problems.known["invalid-input"], fields: missing });
    }
    setRefusal(undefined);
    const id = crypto.randomUUID();
    setSent(id);
    const files = fields.files.map((file) => ({ ...file, state: "waiting" as const }));
    const parcel = { id, body: toBody(fields, now), key: draft.key, files, form: fields };
    void deskOf(member)
      .then((ready) => ready.outbox.add(parcel, new Map(draft.files)))
      // Where the outbox had no room, the draft stays until the concern has arrived.
      .then((kept) => (kept ? draft.clear() : undefined));
  };

  if (sent && !mine?.receipt && !mine?.refusal) {
    const another = () => void draft.clear().then(() => setSent(undefined));
    return <OnItsWay why={mine?.why} onlyHere={mine?.onlyHere} onAnother={another} />;
  }

  const errors = refusal?.fields ?? {};
  return (
    <Page title={titles.record} heading={text.heading} lead={text.lead} aside={<Beside />}>
      {draft.restoredFrom && (
        <Notice>
          <p>{text.restored(dayAndTime(draft.restoredFrom))}</p>
          <p>
            <Button onClick={() => setSure(true)}>{text.startAfresh}</Button>
          </p>
        </Notice>
      )}
      {draft.cannotKeep && <Notice tone="caution">{text.notKept}</Notice>}
      <Form onSubmit={send}>
        <ErrorSummary refusal={refusal} fields={IDS} />
        <PupilPicker chosen={fields.pupils} nobody={fields.nobody} error={errors["pupils"]} onChange={change} />
        <TextArea
          id="narrative"
          label={text.what.label}
          hint={text.what.hint}
          error={errors["narrative"]}
          value={fields.narrative}
          autoCapitalize="sentences"
          onChange={(event) => change({ narrative: event.target.value })}
          below={<Coach narrative={fields.narrative} childWords={fields.childWords} />}
        />
        <CategoryPicker
          chosen={fields.categories}
          error={errors["categories"]}
          onChange={(categories) => change({ categories })}
        />
        <WhenPicker fields={fields} error={errors["occurred_at"]} onChange={change} />
        <div className={styles.urgent} data-on={fields.urgent ? "" : undefined}>
          <Tick
            label={text.urgent.label}
            checked={fields.urgent}
            onChange={(event) => change({ urgent: event.target.checked })}
          />
          <div role="status">{fields.urgent && <Notice tone="danger">{text.urgent.words}</Notice>}</div>
        </div>
        <MoreDetail fields={fields} change={change} errors={errors} draft={draft} />
        <div className={styles.send}>
          <Button type="submit" look="main" size="large" wide>
            {text.send}
          </Button>
          {draft.savedAt && <p className={styles.kept}>{text.kept(timeOf(draft.savedAt))}</p>}
        </div>
      </Form>
      {sure && (
        <Dialog heading={text.startAfreshSure} onClose={() => setSure(false)}>
          <DialogButtons>
            <Button look="main" onClick={() => setSure(false)}>
              {text.keep}
            </Button>
            <Button look="danger" onClick={() => void draft.clear().then(() => setSure(false))}>
              {text.throwAway}
            </Button>
          </DialogButtons>
        </Dialog>
      )}
    </Page>
  );
}

function MoreDetail({
  fields,
  change,
  errors,
  draft,
}: {
  fields: Fields;
  change: (part: Partial<Fields>) => void;
  errors: Record<string, string>;
  draft: ReturnType<typeof useDraft>;
}) {
  const used =
    [fields.childWords, fields.location, fields.staff].some(Boolean) || fields.told || fields.files.length > 0;
  const wrong = ["child_words", "location", "told_whom", "staff_present"].some((name) => errors[name]);
  return (
    <More heading={text.more} hint={text.moreHint} open={Boolean(used || wrong)}>
      <TextArea
        id="child_words"
        label={text.childWords.label}
        hint={text.childWords.hint}
        optional
        rows={3}
        maxLength={5000}
        error={errors["child_words"]}
        value={fields.childWords}
        onChange={(event) => change({ childWords: event.target.value })}
      />
      <TextField
        id="location"
        label={text.location.label}
        hint={text.location.hint}
        optional
        maxLength={200}
        error={errors["location"]}
        value={fields.location}
        onChange={(event) => change({ location: event.target.value })}
      />
      <Group label={text.told.label} optional>
        <Choices
          value={fields.told}
          options={[
            { value: "yes", label: common.yes },
            { value: "no", label: common.no },
          ]}
          onChange={(told) => change({ told })}
        />
        {fields.told === "yes" && (
          <TextField
            id="told_whom"
            label={text.told.whom}
            maxLength={200}
            error={errors["told_whom"]}
            value={fields.toldWhom}
            onChange={(event) => change({ toldWhom: event.target.value })}
          />
        )}
      </Group>
      <TextField
        id="staff_present"
        label={text.staff.label}
        hint={text.staff.hint}
        optional
        maxLength={500}
        error={errors["staff_present"]}
        value={fields.staff}
        onChange={(event) => change({ staff: event.target.value })}
      />
      <FilePicker files={fields.files} onAttach={draft.attach} onDetach={draft.detach} />
    </More>
  );
}

/** Hints under what is being written: heard when they change, in nobody's way. */
function Coach({ narrative, childWords }: { narrative: string; childWords: string }) {
  const hints = useMemo(() => coach(narrative, childWords).slice(0, 3), [narrative, childWords]);
  const words = text.coach.hints;
  return (
    <div className={styles.coach} role="status" aria-label={text.coach.hintsFor}>
      {hints.length > 0 && (
        <>
          <ul>
            {hints.map(({ rule, found }) => {
              const said = words[rule];
              return <li key={rule}>{typeof said === "string" ? said : said(found)}</li>;
            })}
          </ul>
          <p className={styles.never}>{text.coach.never}</p>
        </>
      )}
    </div>
  );
}

function Beside() {
  return (
    <div className={styles.beside}>
      <section>
        <h2>{text.coach.heading}</h2>
        <ul>
          {text.coach.rules.map((rule) => (
            <li key={rule}>{rule}</li>
          ))}
        </ul>
      </section>
      <section>
        <h2>{text.seen.heading}</h2>
        <p>{text.seen.text}</p>
      </section>
    </div>
  );
}

const PATIENCE = 2_500; // milliseconds before "sending" becomes "not sent yet"

function OnItsWay({
  why,
  onlyHere = false,
  onAnother,
}: {
  why: string | undefined;
  onlyHere?: boolean | undefined;
  onAnother: () => void;
}) {
  const [long, setLong] = useState(!navigator.onLine);
  useEffect(() => {
    const timer = setTimeout(() => setLong(true), PATIENCE);
    return () => clearTimeout(timer);
  }, []);
  const words = `${why ?? text.waiting.offline} ${onlyHere ? text.waiting.onlyHere : text.waiting.kept}`;
  return (
    <Page title={titles.record} heading={long ? text.waiting.heading : text.sending} width="narrow">
      <div role="status">{long && <Notice tone="caution">{words}</Notice>}</div>
      {long && (
        <>
          <Button look="main" size="large" wide onClick={sendNow}>
            {text.waiting.next}
          </Button>
          <Button look="second" wide onClick={onAnother}>
            {text.waiting.another}
          </Button>
        </>
      )}
    </Page>
  );
}
