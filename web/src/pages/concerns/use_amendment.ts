/** An addition to a concern, as its writer makes it blind and a lead beside the original: what is written, sent, and shut. */
import type { QueryKey } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "../../api/client";
import { ask } from "../../api/problem";
import { isBegun, useSending, useWriting } from "../../app/writing";
import { useFocusBack } from "../../parts/focus";

type How = { form: string; shows: QueryKey; onShut: () => void };

/** `form` is its name among what is being written; `shows` is the query by which an addition is seen. */
export function useAmendment(concern: string, { form, shows, onShut }: How) {
  const [open, setOpen] = useState(() => isBegun(form));
  const button = useFocusBack<HTMLButtonElement>(open);
  const writing = useWriting(form, { narrative: "", reason: "" });
  const { narrative, reason } = writing.fields;
  const shut = () => {
    writing.clear();
    setOpen(false);
    onShut();
  };
  const send = useSending(writing, {
    send: (key) =>
      ask(
        api.POST("/v1/concerns/{concern}/amendments", {
          params: { path: { concern }, header: { "Idempotency-Key": key } },
          body: { narrative: narrative.trim(), reason: reason.trim() },
        }),
      ),
    shows: [shows],
    onSent: shut,
  });
  return { open, begin: () => setOpen(true), shut, button, narrative, reason, change: writing.change, send };
}
