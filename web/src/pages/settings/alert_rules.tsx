import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "../../api/client";
import { ask, explain } from "../../api/problem";
import type { AlertRule } from "../../api/shapes";
import { Office } from "../../app/Office";
import { Button } from "../../parts/Button";
import { Chip } from "../../parts/Chip";
import { Dialog, DialogButtons } from "../../parts/Dialog";
import { Group, TextField, Tick } from "../../parts/Field";
import { DialogForm } from "../../parts/DialogForm";
import { ErrorSummary } from "../../parts/Notice";
import { Empty, Loading, Page } from "../../parts/Page";
import { Trouble } from "../../parts/Trouble";
import { common, titles } from "../../words/en";
import { people as office, rules as text } from "../../words/en.admin";
import styles from "../admin.module.css";
import { useCategories } from "../concerns/category_picker";
import { useEverybody } from "../people/everybody";
import { offered } from "./recipients";

/** Who is told at once, of what. */
export default function AlertRules() {
  return (
    <Office title={titles.alertRules}>
      <Rules />
    </Office>
  );
}

/** People who may be told: those who are here and have signed in. */
function useRecipients() {
  return useEverybody().data?.filter((person) => person.state === "active") ?? [];
}

function Rules() {
  const [editing, setEditing] = useState<AlertRule | "new">();
  const [removing, setRemoving] = useState<AlertRule>();
  const client = useQueryClient();
  const categories = useCategories().data?.items ?? [];
  const people = useRecipients();
  const rules = useQuery({ queryKey: ["alert-rules"], queryFn: () => ask(api.GET("/v1/alert-rules")) });
  const remove = useMutation({
    mutationFn: (id: string) => ask(api.DELETE("/v1/alert-rules/{id}", { params: { path: { id } } })),
    onSuccess: () => {
      setRemoving(undefined);
      return client.invalidateQueries({ queryKey: ["alert-rules"] });
    },
  });
  const named = (ids: string[], all: { id: string; name: string }[]) =>
    ids.map((id) => all.find((one) => one.id === id)?.name).filter((name) => name !== undefined);
  return (
    <Page
      title={titles.alertRules}
      heading={text.heading}
      lead={text.lead}
      width="wide"
      actions={
        <Button look="main" onClick={() => setEditing("new")}>
          {text.add}
        </Button>
      }
    >
      <Trouble error={rules.error ?? remove.error} onRetry={() => void rules.refetch()} />
      {rules.isPending && <Loading />}
      {rules.data?.items.length === 0 && <Empty>{text.none}</Empty>}
      {rules.data && rules.data.items.length > 0 && (
        <ul className={styles.list}>
          {rules.data.items.map((rule) => (
            <li key={rule.id} className={styles.row}>
              <div className={styles.who}>
                <span className={styles.title}>
                  <strong>{rule.name}</strong>
                  {!rule.enabled && <Chip>{text.paused}</Chip>}
                </span>
                <span className={styles.chips}>
                  <Chip>
                    {rule.categories.length === 0 ? text.anyKind : named(rule.categories, categories).join(", ")}
                  </Chip>
                  <Chip>{rule.years.length === 0 ? text.anyYear : rule.years.join(", ")}</Chip>
                </span>
                <span className={styles.meta}>{text.tells(common.and(named(rule.recipients, people)))}</span>
              </div>
              <div className={styles.buttons}>
                <Button onClick={() => setEditing(rule)} aria-label={text.editName(rule.name)}>
                  {text.edit}
                </Button>
                <Button look="quiet" onClick={() => setRemoving(rule)}>
                  {text.remove}
                  <span className="visually-hidden">: {rule.name}</span>
                </Button>
              </div>
            </li>
          ))}
        </ul>
      )}
      {editing && <Edit rule={editing === "new" ? undefined : editing} onClose={() => setEditing(undefined)} />}
      {removing && (
        <Dialog heading={text.removeSure(removing.name)} onClose={() => setRemoving(undefined)}>
          <DialogButtons>
            <Button onClick={() => setRemoving(undefined)}>{common.cancel}</Button>
            <Button look="danger" busy={remove.isPending} onClick={() => remove.mutate(removing.id)}>
              {text.remove}
            </Button>
          </DialogButtons>
        </Dialog>
      )}
    </Page>
  );
}

function Edit({ rule, onClose }: { rule: AlertRule | undefined; onClose: () => void }) {
  const [name, setName] = useState(rule?.name ?? "");
  const [chosen, setChosen] = useState(rule?.categories ?? []);
  const [years, setYears] = useState(rule?.years.join(", ") ?? "");
  const [recipients, setRecipients] = useState(rule?.recipients ?? []);
  const [enabled, setEnabled] = useState(rule?.enabled ?? true);
  const [tried, setTried] = useState(false);
  const categories = useCategories().data?.items ?? [];
  const people = useRecipients();
  const [wanted, setWanted] = useState("");
  const { shown, more } = offered(people, recipients, wanted);
  const client = useQueryClient();
  const save = useMutation({
    mutationFn: () => {
      const body = {
        name: name.trim(),
        categories: chosen,
        years: years
          .split(/[,;\s]+/)
          .map((year) => year.trim())
          .filter(Boolean),
        recipients,
        enabled,
      };
      return rule
        ? ask(api.PATCH("/v1/alert-rules/{id}", { params: { path: { id: rule.id } }, body }))
        : ask(api.POST("/v1/alert-rules", { body }));
    },
    onSuccess: () => client.invalidateQueries({ queryKey: ["alert-rules"] }).then(onClose),
  });
  const refusal = save.error ? explain(save.error) : undefined;
  const toggle = (list: string[], id: string) => (list.includes(id) ? list.filter((one) => one !== id) : [...list, id]);
  return (
    <Dialog heading={rule ? text.editName(rule.name) : text.add} onClose={onClose}>
      <DialogForm
        onSubmit={() => {
          setTried(true);
          if (name.trim() && recipients.length > 0 && !save.isPending) save.mutate();
        }}
      >
        <ErrorSummary refusal={refusal} />
        <TextField
          label={text.name}
          value={name}
          error={tried && !name.trim() ? text.missingName : refusal?.fields["name"]}
          onChange={(event) => setName(event.target.value)}
        />
        <Group
          label={text.recipients}
          hint={text.recipientsHint}
          error={tried && recipients.length === 0 ? text.missingRecipients : refusal?.fields["recipients"]}
        >
          {people.length > 8 && (
            <TextField
              label={office.filter}
              type="search"
              value={wanted}
              onChange={(event) => setWanted(event.target.value)}
            />
          )}
          {shown.map((person) => (
            <Tick
              key={person.id}
              label={person.name}
              checked={recipients.includes(person.id)}
              onChange={() => setRecipients(toggle(recipients, person.id))}
            />
          ))}
          {more > 0 && <p className={styles.meta}>{text.moreRecipients(more)}</p>}
        </Group>
        <Group label={text.categories} hint={text.categoriesHint}>
          {categories
            .filter((category) => !category.parent)
            .map((category) => (
              <Tick
                key={category.id}
                label={category.name}
                checked={chosen.includes(category.id)}
                onChange={() => setChosen(toggle(chosen, category.id))}
              />
            ))}
        </Group>
        <TextField
          label={text.years}
          hint={text.yearsHint}
          optional
          value={years}
          error={refusal?.fields["years"]}
          onChange={(event) => setYears(event.target.value)}
        />
        <Tick label={text.enabled} checked={enabled} onChange={(event) => setEnabled(event.target.checked)} />
        <DialogButtons>
          <Button type="submit" look="main" busy={save.isPending}>
            {common.save}
          </Button>
          <Button look="quiet" onClick={onClose}>
            {common.cancel}
          </Button>
        </DialogButtons>
      </DialogForm>
    </Dialog>
  );
}
