import { type ReactNode, type RefObject, useRef } from "react";
import { type AriaListBoxOptions, useComboBox, useListBox, useOption } from "react-aria";
import { type ComboBoxState, Item, type Node, useComboBoxState } from "react-stately";
import type { PupilName } from "../../api/shapes";
import { record as text } from "../../words/en";
import styles from "./pupil_picker.module.css";

type Props = {
  label: string;
  hint: string | undefined;
  error: string | undefined;
  items: PupilName[];
  typed: string;
  onTyped: (typed: string) => void;
  /** What to say while there is nothing to choose from. */
  empty: string | undefined;
  onFound: (pupil: PupilName) => void;
};

/**
 * A field that proposes pupils as letters are typed.
 *
 * React Aria's hooks do what is heard and what the keys do; its ready-made components would be a
 * tenth of what a reporter's phone may download.
 */
export function PupilCombobox({ label, hint, error, items, typed, onTyped, empty, onFound }: Props) {
  const input = useRef<HTMLInputElement>(null);
  const list = useRef<HTMLUListElement>(null);
  const popover = useRef<HTMLDivElement>(null);
  const props = {
    id: "pupils",
    label,
    description: hint,
    errorMessage: error,
    isInvalid: Boolean(error),
    placeholder: text.who.placeholder,
    items,
    inputValue: typed,
    onInputChange: onTyped,
    selectedKey: null,
    onSelectionChange: (key: string | number | null) => {
      const pupil = items.find(({ id }) => id === key);
      if (pupil) onFound(pupil);
    },
    allowsCustomValue: true,
    allowsEmptyCollection: Boolean(empty),
    menuTrigger: "input" as const,
    children: (pupil: PupilName) => (
      <Item key={pupil.id} textValue={pupil.name}>
        <span>{pupil.name}</span>
        {pupil.class_name && <span className={styles.class}>{pupil.class_name}</span>}
      </Item>
    ),
  };
  const state = useComboBoxState(props);
  const { inputProps, listBoxProps, labelProps, descriptionProps, errorMessageProps } = useComboBox(
    { ...props, inputRef: input, listBoxRef: list, popoverRef: popover },
    state,
  );
  return (
    <div className={styles.finder}>
      <label {...labelProps} className={styles.label}>
        {label}
      </label>
      {hint && (
        <p {...descriptionProps} className={styles.hint}>
          {hint}
        </p>
      )}
      {error && (
        <p {...errorMessageProps} className={styles.error}>
          {error}
        </p>
      )}
      <div className={styles.anchor}>
        <input
          {...inputProps}
          ref={input}
          className={styles.input}
          autoCapitalize="words"
          spellCheck={false}
          enterKeyHint="done"
        />
        {state.isOpen && (
          <div ref={popover} className={styles.popover}>
            <Options options={listBoxProps} listRef={list} state={state} empty={empty} />
          </div>
        )}
      </div>
    </div>
  );
}

function Options({
  options,
  listRef,
  state,
  empty,
}: {
  options: AriaListBoxOptions<PupilName>;
  listRef: RefObject<HTMLUListElement | null>;
  state: ComboBoxState<PupilName>;
  empty: ReactNode;
}) {
  const { listBoxProps } = useListBox(options, state, listRef);
  return (
    <>
      <ul {...listBoxProps} ref={listRef} className={styles.list}>
        {[...state.collection].map((item) => (
          <Option key={item.key} item={item} state={state} />
        ))}
      </ul>
      {state.collection.size === 0 && (
        <p className={styles.none} role="status">
          {empty}
        </p>
      )}
    </>
  );
}

function Option({ item, state }: { item: Node<PupilName>; state: ComboBoxState<PupilName> }) {
  const ref = useRef<HTMLLIElement>(null);
  const { optionProps, isFocused } = useOption({ key: item.key }, state, ref);
  return (
    <li {...optionProps} ref={ref} className={styles.item} data-focused={isFocused || undefined}>
      {item.rendered}
    </li>
  );
}
