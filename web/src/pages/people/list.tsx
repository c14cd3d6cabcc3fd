import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "../../api/client";
import { ask } from "../../api/problem";
import type { Person } from "../../api/shapes";
import { Office } from "../../app/Office";
import { Button } from "../../parts/Button";
import { Chip } from "../../parts/Chip";
import { Dialog, DialogButtons } from "../../parts/Dialog";
import { TextField } from "../../parts/Field";
import { Notice } from "../../parts/Notice";
import { Empty, Loading, Page } from "../../parts/Page";
import { Trouble } from "../../parts/Trouble";
import { common, titles } from "../../words/en";
import { people as text } from "../../words/en.admin";
import styles from "../admin.module.css";
import { EditPerson } from "./edit";
import { EVERYBODY, useEverybody } from "./everybody";

const TONES = { active: "good", invited: "caution", left: "plain" } as const;

/** Everyone of the school: who they are to Safehold, and whether they are still there. */
export default function ListPeople() {
  return (
    <Office title={titles.people}>
      <People />
    </Office>
  );
}

function People() {
  const [editing, setEditing] = useState<Person | "new">();
  const [leaving, setLeaving] = useState<Person>();
  const [said, setSaid] = useState<string>();
  const [wanted, setWanted] = useState("");
  const client = useQueryClient();
  const refresh = () => client.invalidateQueries({ queryKey: EVERYBODY });
  const people = useEverybody();
  const again = useMutation({
    mutationFn: (id: string) => ask(api.POST("/v1/people/{id}/invitations", { params: { path: { id } } })),
    onSuccess: () => setSaid(text.sentAgain),
  });
  const move = useMutation({
    mutationFn: ({ id, state }: { id: string; state: "active" | "left" }) =>
      ask(api.PATCH("/v1/people/{id}", { params: { path: { id } }, body: { state } })),
    onSuccess: () => {
      setLeaving(undefined);
      return refresh();
    },
  });
  const all = people.data ?? [];
  const needle = wanted.trim().toLowerCase();
  const items = all.filter(({ name, email }) => `${name} ${email ?? ""}`.toLowerCase().includes(needle));

  return (
    <Page
      title={titles.people}
      heading={text.heading}
      lead={text.lead}
      width="wide"
      actions={
        <Button look="main" onClick={() => setEditing("new")}>
          {text.invite}
        </Button>
      }
    >
      <Trouble error={people.error ?? again.error ?? move.error} onRetry={() => void people.refetch()} />
      {said && (
        <Notice tone="good" live>
          {said}
        </Notice>
      )}
      {people.isPending && <Loading />}
      {all.length > 8 && (
        <TextField
          label={text.filter}
          type="search"
          value={wanted}
          onChange={(event) => setWanted(event.target.value)}
        />
      )}
      {people.isSuccess && items.length === 0 && <Empty>{text.none}</Empty>}
      {items.length > 0 && (
        <ul className={styles.list}>
          {items.map((person) => (
            <li key={person.id} className={styles.row}>
              <div className={styles.who}>
                <strong>{person.name}</strong>
                <span className={styles.meta}>{person.email ?? text.noEmail}</span>
                <span className={styles.chips}>
                  <Chip tone={TONES[person.state]}>{text.state[person.state]}</Chip>
                  {person.key_holder && <Chip tone="accent">{text.keyHolder}</Chip>}
                  {person.roles
                    .filter((role) => role !== "reporter")
                    .map((role) => (
                      <Chip key={role}>{text.role[role]}</Chip>
                    ))}
                </span>
              </div>
              <div className={styles.buttons}>
                {person.state === "left" ? (
                  <Button look="quiet" onClick={() => move.mutate({ id: person.id, state: "active" })}>
                    {text.comeBack}
                    <span className="visually-hidden">: {person.name}</span>
                  </Button>
                ) : (
                  <>
                    <Button onClick={() => setEditing(person)} aria-label={text.edit(person.name)}>
                      {text.change}
                    </Button>
                    {person.state === "invited" && (
                      <Button look="quiet" onClick={() => again.mutate(person.id)}>
                        {text.again}
                        <span className="visually-hidden">: {person.name}</span>
                      </Button>
                    )}
                    <Button look="quiet" onClick={() => setLeaving(person)}>
                      {text.leaveShort}
                      <span className="visually-hidden">: {person.name}</span>
                    </Button>
                  </>
                )}
              </div>
            </li>
          ))}
        </ul>
      )}
      {editing && (
        <EditPerson
          person={editing === "new" ? undefined : editing}
          onCancel={() => setEditing(undefined)}
          onDone={(words) => {
            setSaid(words);
            setEditing(undefined);
            void refresh();
          }}
        />
      )}
      {leaving && (
        <Dialog heading={text.leaveSure(leaving.name)} onClose={() => setLeaving(undefined)}>
          <p>{text.leaveWords}</p>
          <DialogButtons>
            <Button look="second" onClick={() => setLeaving(undefined)}>
              {common.cancel}
            </Button>
            <Button look="danger" busy={move.isPending} onClick={() => move.mutate({ id: leaving.id, state: "left" })}>
              {text.leave}
            </Button>
          </DialogButtons>
        </Dialog>
      )}
    </Page>
  );
}
