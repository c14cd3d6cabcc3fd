import type { FormHTMLAttributes } from "react";
import { useFirstFieldFocus } from "./focus";
import styles from "./Form.module.css";

/** A column of fields. Checking is ours, in words, so the browser's own bubbles are off. */
export function Form({ onSubmit, className, ...rest }: FormHTMLAttributes<HTMLFormElement>) {
  return (
    <form
      noValidate
      {...rest}
      className={[styles.form, className].filter(Boolean).join(" ")}
      onSubmit={(event) => {
        event.preventDefault();
        onSubmit?.(event);
      }}
    />
  );
}

export function Row({ children }: { children: React.ReactNode }) {
  return <div className={styles.row}>{children}</div>;
}

export function Buttons({ children }: { children: React.ReactNode }) {
  return <div className={styles.buttons}>{children}</div>;
}

/** A form that has opened in place of a button: whoever pressed it goes on in its first field. */
export function OpenedForm(props: FormHTMLAttributes<HTMLFormElement>) {
  const frame = useFirstFieldFocus<HTMLDivElement>();
  return (
    <div ref={frame}>
      <Form {...props} />
    </div>
  );
}
