import type { FormHTMLAttributes } from "react";
import { Form } from "./Form";

/** A form in a dialog, where what is wrong may be out of sight: whoever pressed the button goes on there. */
export function DialogForm({ onSubmit, ...rest }: FormHTMLAttributes<HTMLFormElement>) {
  return (
    <Form
      {...rest}
      onSubmit={(event) => {
        onSubmit?.(event);
        const form = event.currentTarget;
        requestAnimationFrame(() => toFirstRefused(form));
      }}
    />
  );
}

function toFirstRefused(form: HTMLFormElement) {
  const refused = form.querySelector<HTMLElement>("[role=alert], [data-invalid]");
  refused?.scrollIntoView();
  (refused?.querySelector<HTMLElement>("[aria-invalid]") ?? refused)?.focus({ preventScroll: true });
}
