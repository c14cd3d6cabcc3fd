import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "../../api/client";
import { ask, explain } from "../../api/problem";
import type { Category } from "../../api/shapes";
import { Office } from "../../app/Office";
import { Button } from "../../parts/Button";
import { Chip, Dot } from "../../parts/Chip";
import { Dialog, DialogButtons } from "../../parts/Dialog";
import { Choices, Group, Select, TextField, Tick } from "../../parts/Field";
import { DialogForm } from "../../parts/DialogForm";
import { ErrorSummary } from "../../parts/Notice";
import { Loading, Page } from "../../parts/Page";
import { Trouble } from "../../parts/Trouble";
import { common, titles } from "../../words/en";
import { categories as text } from "../../words/en.admin";
import styles from "../admin.module.css";
import { useCategories } from "../concerns/category_picker";

type Compartment = "pastoral" | "safeguarding";
const COMPARTMENTS = Object.entries(text.compartments).map(([value, label]) => ({
  value: value as Compartment,
  label,
}));

/** What concerns can be about, in two levels. */
export default function Categories() {
  return (
    <Office title={titles.categories}>
      <List />
    </Office>
  );
}

function List() {
  const [editing, setEditing] = useState<Category | "new">();
  const categories = useCategories();
  const all = categories.data?.items ?? [];
  const tops = all.filter((category) => !category.parent);
  const inOrder = tops.flatMap((top) => [top, ...all.filter((category) => category.parent === top.id)]);
  return (
    <Page
      title={titles.categories}
      heading={text.heading}
      lead={text.lead}
      width="wide"
      actions={
        <Button look="main" onClick={() => setEditing("new")}>
          {text.add}
        </Button>
      }
    >
      <Trouble error={categories.error} onRetry={() => void categories.refetch()} />
      {categories.isPending && <Loading />}
      {inOrder.length > 0 && (
        <ul className={styles.list}>
          {inOrder.map((category) => (
            <li key={category.id} className={styles.row} data-short="" data-under={category.parent ? "" : undefined}>
              <div className={styles.who}>
                <span className={styles.title}>
                  <span className={styles.named}>
                    <Dot colour={category.colour} />
                    <strong>{category.name}</strong>
                  </span>
                  {!category.parent && (
                    <Chip>{text.compartments[category.compartment as Compartment]?.split(":")[0]}</Chip>
                  )}
                  {category.high_priority && <Chip tone="caution">{text.highShort}</Chip>}
                  {category.disabled && <Chip>{text.disabled}</Chip>}
                </span>
                {category.help && <span className={styles.meta}>{category.help}</span>}
              </div>
              <div className={styles.buttons}>
                <Button onClick={() => setEditing(category)} aria-label={text.editName(category.name)}>
                  {text.edit}
                </Button>
              </div>
            </li>
          ))}
        </ul>
      )}
      {editing && (
        <Edit category={editing === "new" ? undefined : editing} tops={tops} onClose={() => setEditing(undefined)} />
      )}
    </Page>
  );
}

function Edit({ category, tops, onClose }: { category: Category | undefined; tops: Category[]; onClose: () => void }) {
  const [name, setName] = useState(category?.name ?? "");
  const [parent, setParent] = useState(category?.parent ?? "");
  const [colour, setColour] = useState(category?.colour ?? "#1c5c55");
  const [help, setHelp] = useState(category?.help ?? "");
  const [high, setHigh] = useState(category?.high_priority ?? false);
  const [compartment, setCompartment] = useState<Compartment>((category?.compartment as Compartment) ?? "safeguarding");
  const [inUse, setInUse] = useState(!category?.disabled);
  const [tried, setTried] = useState(false);
  const client = useQueryClient();
  const shared = { name: name.trim(), colour, help: help.trim(), high_priority: high };
  const save = useMutation({
    mutationFn: () =>
      category
        ? ask(
            api.PATCH("/v1/categories/{id}", {
              params: { path: { id: category.id } },
              body: { ...shared, disabled: !inUse },
            }),
          )
        : ask(api.POST("/v1/categories", { body: { ...shared, parent: parent || null, compartment } })),
    onSuccess: () => client.invalidateQueries({ queryKey: ["categories"] }).then(onClose),
  });
  const refusal = save.error ? explain(save.error) : undefined;
  return (
    <Dialog heading={category ? text.editName(category.name) : text.add} onClose={onClose}>
      <DialogForm
        onSubmit={() => {
          setTried(true);
          if (name.trim() && !save.isPending) save.mutate();
        }}
      >
        <ErrorSummary refusal={refusal} />
        <TextField
          label={text.name}
          value={name}
          error={tried && !name.trim() ? text.missing : refusal?.fields["name"]}
          onChange={(event) => setName(event.target.value)}
        />
        {!category && (
          <Select
            label={text.parent}
            value={parent}
            onChange={(event) => {
              setParent(event.target.value);
              const top = tops.find((one) => one.id === event.target.value);
              if (top) setCompartment(top.compartment as Compartment);
            }}
          >
            <option value="">{text.noParent}</option>
            {tops.map((top) => (
              <option key={top.id} value={top.id}>
                {top.name}
              </option>
            ))}
          </Select>
        )}
        <TextField
          label={text.help}
          hint={text.helpHint}
          optional
          value={help}
          error={refusal?.fields["help"]}
          onChange={(event) => setHelp(event.target.value)}
        />
        <TextField
          label={text.colour}
          type="color"
          className={styles.colour ?? ""}
          value={colour}
          onChange={(event) => setColour(event.target.value)}
        />
        <Tick label={text.high} checked={high} onChange={(event) => setHigh(event.target.checked)} />
        {category && (
          <Tick
            label={text.inUse}
            hint={text.inUseHint}
            checked={inUse}
            onChange={(event) => setInUse(event.target.checked)}
          />
        )}
        {!category && (
          <Group label={text.compartment} hint={text.compartmentFixed}>
            <Choices value={compartment} options={COMPARTMENTS} onChange={setCompartment} />
          </Group>
        )}
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
