import { useQuery } from "@tanstack/react-query";
import { useDeferredValue, useState } from "react";
import { api } from "../../api/client";
import { ask } from "../../api/problem";
import type { PupilName, PupilRole } from "../../api/shapes";
import { Button } from "../../parts/Button";
import { Tick } from "../../parts/Field";
import field from "../../parts/Field.module.css";
import { Icon } from "../../parts/Icon";
import { record as text } from "../../words/en";
import type { Chosen } from "./fields";
import { PupilCombobox } from "./pupil_combobox";
import styles from "./pupil_picker.module.css";

const ROLES = Object.keys(text.roles) as PupilRole[];

type Props = {
  chosen: Chosen[];
  nobody: boolean;
  error: string | undefined;
  onChange: (part: { pupils?: Chosen[]; nobody?: boolean }) => void;
};

/** Who it is about: names found from two letters on, and what each has to do with it. */
export function PupilPicker({ chosen, nobody, error, onChange }: Props) {
  const add = (pupil: PupilName) => {
    if (chosen.some(({ id }) => id === pupil.id)) return;
    onChange({ pupils: [...chosen, { ...pupil, role: "subject" }], nobody: false });
  };
  const setRole = (id: string, role: PupilRole) =>
    onChange({ pupils: chosen.map((pupil) => (pupil.id === id ? { ...pupil, role } : pupil)) });
  const remove = (id: string) => onChange({ pupils: chosen.filter((pupil) => pupil.id !== id) });

  return (
    <div className={styles.picker} data-invalid={error ? "" : undefined}>
      {chosen.length > 0 && !nobody && (
        <>
          <p className={styles.label}>{text.who.label}</p>
          <ul className={styles.chosen} aria-label={text.who.chosen}>
            {chosen.map((pupil) => (
              <li key={pupil.id} className={styles.card}>
                <div className={styles.name}>
                  <strong>{pupil.name}</strong>
                  {pupil.class_name && <span>{pupil.class_name}</span>}
                </div>
                <label className={styles.role}>
                  <span className="visually-hidden">{text.who.roleOf(pupil.name)}</span>
                  <select
                    className={field.select}
                    value={pupil.role}
                    onChange={(event) => setRole(pupil.id, event.target.value as PupilRole)}
                  >
                    {ROLES.map((role) => (
                      <option key={role} value={role}>
                        {text.roles[role]}
                      </option>
                    ))}
                  </select>
                </label>
                <Button look="quiet" aria-label={text.who.remove(pupil.name)} onClick={() => remove(pupil.id)}>
                  <Icon name="cross" />
                </Button>
              </li>
            ))}
          </ul>
        </>
      )}
      {!nobody && <Finder first={chosen.length === 0} error={error} onFound={add} taken={chosen} />}
      {chosen.length === 0 && (
        <Tick
          id={nobody ? "pupils" : undefined}
          label={text.who.nobody}
          hint={nobody ? text.who.nobodyHint : undefined}
          checked={nobody}
          onChange={(event) => onChange({ nobody: event.target.checked })}
        />
      )}
    </div>
  );
}

function Finder({
  first,
  error,
  onFound,
  taken,
}: {
  first: boolean;
  error: string | undefined;
  onFound: (pupil: PupilName) => void;
  taken: Chosen[];
}) {
  const [typed, setTyped] = useState("");
  const letters = useDeferredValue(typed.trim());
  const enough = [...typed.trim()].length >= 2;
  const found = useQuery({
    queryKey: ["pupil-names", letters.toLowerCase()],
    queryFn: ({ signal }) => ask(api.POST("/v1/pupil-lookups", { body: { letters }, signal })),
    enabled: [...letters].length >= 2,
    placeholderData: (before) => before,
    staleTime: 60_000,
  });
  const items = enough ? (found.data?.items ?? []).filter(({ id }) => !taken.some((one) => one.id === id)) : [];
  return (
    <PupilCombobox
      label={first ? text.who.label : text.who.another}
      hint={first ? text.who.hint : undefined}
      error={error}
      items={items}
      typed={typed}
      onTyped={setTyped}
      empty={
        !enough
          ? undefined
          : found.isFetching || !found.data || letters !== typed.trim()
            ? text.who.searching
            : text.who.none
      }
      onFound={(pupil) => {
        onFound(pupil);
        setTyped("");
      }}
    />
  );
}
