/** Fields with the label above, the hint under it, and the reason of a refusal beside what it is about. */
import {
  type InputHTMLAttributes,
  type ReactNode,
  type Ref,
  type SelectHTMLAttributes,
  type TextareaHTMLAttributes,
  useId,
  useLayoutEffect,
  useRef,
} from "react";
import { common } from "../words/en";
import styles from "./Field.module.css";

type Around = { label: ReactNode; hint?: ReactNode; error?: string | undefined; optional?: boolean; id?: string };

function useAround({ hint, error, id }: Pick<Around, "hint" | "error" | "id">) {
  const own = useId();
  const field = id ?? own;
  const described = [hint && `${field}-hint`, error && `${field}-error`].filter(Boolean).join(" ");
  return {
    field,
    aria: { "aria-describedby": described || undefined, "aria-invalid": error ? true : undefined },
  };
}

function Frame({ field, label, hint, error, optional, children }: Around & { field: string; children: ReactNode }) {
  return (
    <div className={styles.field} data-invalid={error ? "" : undefined}>
      <label htmlFor={field} className={styles.label}>
        {label} {optional && <span className={styles.optional}>({common.optional})</span>}
      </label>
      {hint && (
        <p id={`${field}-hint`} className={styles.hint}>
          {hint}
        </p>
      )}
      {error && (
        <p id={`${field}-error`} className={styles.error}>
          {error}
        </p>
      )}
      {children}
    </div>
  );
}

type TextFieldProps = Around & Omit<InputHTMLAttributes<HTMLInputElement>, "id"> & { ref?: Ref<HTMLInputElement> };

export function TextField({ label, hint, error, optional, id, className, ...rest }: TextFieldProps) {
  const { field, aria } = useAround({ hint, error, id });
  return (
    <Frame {...{ field, label, hint, error, optional }}>
      <input {...aria} {...rest} id={field} className={[styles.input, className].filter(Boolean).join(" ")} />
    </Frame>
  );
}

type TextAreaProps = Around & Omit<TextareaHTMLAttributes<HTMLTextAreaElement>, "id"> & { below?: ReactNode };

/** Grows with what is typed, so that nobody scrolls in a slot. */
export function TextArea({ label, hint, error, optional, id, below, className, ...rest }: TextAreaProps) {
  const { field, aria } = useAround({ hint, error, id });
  const area = useRef<HTMLTextAreaElement>(null);
  useLayoutEffect(() => {
    const element = area.current;
    if (!element || CSS.supports("field-sizing", "content")) return;
    element.style.blockSize = "auto";
    element.style.blockSize = `${element.scrollHeight + 2}px`;
  }, [rest.value]);
  return (
    <Frame {...{ field, label, hint, error, optional }}>
      <textarea
        rows={5}
        {...aria}
        {...rest}
        id={field}
        ref={area}
        className={[styles.input, styles.area, className].filter(Boolean).join(" ")}
      />
      {below}
    </Frame>
  );
}

type SelectProps = Around & Omit<SelectHTMLAttributes<HTMLSelectElement>, "id">;

export function Select({ label, hint, error, optional, id, children, ...rest }: SelectProps) {
  const { field, aria } = useAround({ hint, error, id });
  return (
    <Frame {...{ field, label, hint, error, optional }}>
      <select {...aria} {...rest} id={field} className={[styles.input, styles.select].join(" ")}>
        {children}
      </select>
    </Frame>
  );
}

/** A question with several answers: a fieldset whose legend is the label. */
export function Group({ label, hint, error, id, children, optional }: Around & { children: ReactNode }) {
  const { field, aria } = useAround({ hint, error, id });
  return (
    <fieldset
      id={field}
      className={styles.field}
      aria-describedby={aria["aria-describedby"]}
      data-invalid={error ? "" : undefined}
      tabIndex={-1}
    >
      <legend className={styles.label}>
        {label} {optional && <span className={styles.optional}>({common.optional})</span>}
      </legend>
      {hint && (
        <p id={`${field}-hint`} className={styles.hint}>
          {hint}
        </p>
      )}
      {error && (
        <p id={`${field}-error`} className={styles.error}>
          {error}
        </p>
      )}
      {children}
    </fieldset>
  );
}

type TickProps = Omit<InputHTMLAttributes<HTMLInputElement>, "type"> & { label: ReactNode; hint?: ReactNode };

export function Tick({ label, hint, ...rest }: TickProps) {
  const own = useId();
  return (
    <label className={styles.tick}>
      <input type="checkbox" aria-describedby={hint ? `${own}-hint` : undefined} {...rest} />
      <span>
        {label}
        {hint && (
          <span id={`${own}-hint`} className={styles.tickHint}>
            {hint}
          </span>
        )}
      </span>
    </label>
  );
}

type ChoiceProps<T extends string> = {
  name?: string;
  value: T | undefined;
  options: readonly { value: T; label: ReactNode }[];
  onChange: (value: T) => void;
};

/** One of a few, each a large press; native radio buttons underneath, so arrows and labels work. */
export function Choices<T extends string>({ name, value, options, onChange }: ChoiceProps<T>) {
  const own = useId();
  return (
    <div className={styles.choices}>
      {options.map((option) => (
        <label key={option.value} className={styles.choice}>
          <input
            type="radio"
            name={name ?? own}
            value={option.value}
            checked={value === option.value}
            onChange={() => onChange(option.value)}
          />
          <span>{option.label}</span>
        </label>
      ))}
    </div>
  );
}
