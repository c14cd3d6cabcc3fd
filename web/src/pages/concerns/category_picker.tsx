import { useQuery } from "@tanstack/react-query";
import { api } from "../../api/client";
import { ask, explain } from "../../api/problem";
import type { Category } from "../../api/shapes";
import { Button } from "../../parts/Button";
import { Dot } from "../../parts/Chip";
import { Group } from "../../parts/Field";
import { Notice } from "../../parts/Notice";
import { common, record as text } from "../../words/en";
import styles from "./category_picker.module.css";

const MOST = 3;

/** The kinds of concern, two levels of presses: a colour dot, words, and what is meant by them. */
export function CategoryPicker({
  chosen,
  error,
  onChange,
}: {
  chosen: string[];
  error: string | undefined;
  onChange: (categories: string[]) => void;
}) {
  const categories = useCategories();
  if (categories.error) {
    return (
      <Notice tone="caution">
        <p>{explain(categories.error).words}</p>
        <Button onClick={() => void categories.refetch()}>{common.tryAgain}</Button>
      </Notice>
    );
  }
  const open = (categories.data?.items ?? []).filter((category) => !category.disabled);
  const tops = open.filter((category) => !category.parent);
  const toggle = (id: string) =>
    onChange(chosen.includes(id) ? chosen.filter((one) => one !== id) : [...chosen, id].slice(0, MOST));
  const full = chosen.length >= MOST;

  return (
    <Group
      id="categories"
      label={text.category.label}
      hint={full ? text.category.three : text.category.hint}
      error={error}
    >
      <div className={styles.tops}>
        {tops.map((top) => {
          const below = open.filter((category) => category.parent === top.id);
          const ids = [top.id, ...below.map((category) => category.id)];
          const isOpen = ids.some((id) => chosen.includes(id));
          return (
            <div key={top.id} className={styles.top} data-open={isOpen ? "" : undefined}>
              <Choice
                category={top}
                checked={isOpen}
                disabled={full && !isOpen}
                onToggle={() => onChange(isOpen ? chosen.filter((id) => !ids.includes(id)) : [...chosen, top.id])}
              />
              {isOpen && below.length > 0 && (
                <fieldset className={styles.below}>
                  <legend>{text.category.within(top.name)}</legend>
                  {below.map((category) => (
                    <Choice
                      key={category.id}
                      category={category}
                      small
                      checked={chosen.includes(category.id)}
                      disabled={full && !chosen.includes(category.id) && !chosen.includes(top.id)}
                      onToggle={() => {
                        // The closer word takes the place of the general one, and gives it back.
                        if (chosen.includes(top.id)) {
                          onChange(chosen.map((id) => (id === top.id ? category.id : id)));
                        } else if (
                          chosen.includes(category.id) &&
                          !ids.some((id) => id !== category.id && chosen.includes(id))
                        ) {
                          onChange(chosen.map((id) => (id === category.id ? top.id : id)));
                        } else toggle(category.id);
                      }}
                    />
                  ))}
                </fieldset>
              )}
            </div>
          );
        })}
      </div>
    </Group>
  );
}

export function useCategories() {
  return useQuery({
    queryKey: ["categories"],
    queryFn: () => ask(api.GET("/v1/categories")),
    staleTime: 5 * 60_000,
    gcTime: Infinity,
  });
}

function Choice({
  category,
  checked,
  disabled,
  small,
  onToggle,
}: {
  category: Category;
  checked: boolean;
  disabled: boolean;
  small?: boolean;
  onToggle: () => void;
}) {
  return (
    <label className={[styles.choice, small && styles.small].filter(Boolean).join(" ")}>
      <input type="checkbox" checked={checked} disabled={disabled} onChange={onToggle} />
      <span className={styles.words}>
        <span className={styles.name}>
          {!small && <Dot colour={category.colour} />}
          {category.name}
        </span>
        {checked && category.help && <span className={styles.help}>{category.help}</span>}
      </span>
    </label>
  );
}
