import type { ButtonHTMLAttributes, Ref } from "react";
import styles from "./Button.module.css";

type Props = ButtonHTMLAttributes<HTMLButtonElement> & {
  look?: "main" | "second" | "quiet" | "danger";
  size?: "normal" | "large";
  wide?: boolean;
  busy?: boolean;
  ref?: Ref<HTMLButtonElement>;
};

/** The native button. While `busy` it keeps its focus and its place, and takes no second press. */
export function Button({ look = "second", size = "normal", wide, busy, className, onClick, ...rest }: Props) {
  const names = [styles.button, styles[look], size === "large" && styles.large, wide && styles.wide, className];
  return (
    <button
      type="button"
      {...rest}
      className={names.filter(Boolean).join(" ")}
      aria-disabled={busy || rest["aria-disabled"] || undefined}
      onClick={(event) => {
        if (busy) event.preventDefault();
        else onClick?.(event);
      }}
    />
  );
}

/** What looks like a button and is a link. */
export function buttonLook(look: NonNullable<Props["look"]> = "second", size: "normal" | "large" = "normal"): string {
  return [styles.button, styles[look], size === "large" && styles.large].filter(Boolean).join(" ");
}
