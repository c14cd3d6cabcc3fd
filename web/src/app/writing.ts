/**
 * What somebody is writing into a form of a record, and the key under which it is sent.
 *
 * Records that fall shut take their page away. The words wait in the memory of this page, which is its writer's
 * alone, until they have arrived, are thrown away, or their writer signs out. The same words go under the same
 * key, however often they are sent, so that an answer which was lost on its way makes no second reply.
 */
import { type QueryKey, useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { explain } from "../api/problem";
import { current, subscribe } from "../api/session";

type Written<Fields> = { fields: Fields; key: string };

const begun = new Map<string, unknown>();
subscribe(() => {
  if (current().phase === "out") begun.clear();
});
const newKey = (): string => crypto.randomUUID();

/** Whether something waits in this form. */
export function isBegun(form: string): boolean {
  return begun.has(form);
}

export type Writing<Fields> = Written<Fields> & {
  change: (part: Partial<Fields>) => void;
  /** What is sent next is another thing than what was sent before. */
  sendAsAnother: () => void;
  /** Forgets what was sent and has arrived; whether nothing more had been written meanwhile. */
  arrived: (sent: Fields) => boolean;
  clear: () => void;
};

/** The state of one form, say `reply:con_…`; taken up where it was left. */
export function useWriting<Fields extends object>(form: string, empty: Fields): Writing<Fields> {
  const kept = () => begun.get(form) as Written<Fields> | undefined;
  const [written, setWritten] = useState(() => kept() ?? { fields: empty, key: newKey() });
  const become = (next: Written<Fields>) => {
    begun.set(form, next);
    setWritten(next);
  };
  // An answer may come when more has been written than was there when it was asked for.
  const now = () => kept() ?? written;
  const sendAsAnother = () => become({ ...now(), key: newKey() });
  const clear = () => {
    begun.delete(form);
    setWritten({ fields: empty, key: newKey() });
  };
  return {
    ...written,
    change: (part) => become({ ...now(), fields: { ...now().fields, ...part } }),
    sendAsAnother,
    arrived: (sent) => {
      const isAll = now().fields === sent;
      if (isAll) clear();
      else sendAsAnother();
      return isAll;
    },
    clear,
  };
}

/** Sends what is written, once; `shows` are the queries by which it is seen. */
export function useSending<Fields extends object, Answer>(
  writing: Writing<Fields>,
  { send, shows, onSent }: { send: (key: string) => Promise<Answer>; shows: QueryKey[]; onSent?: () => void },
) {
  const client = useQueryClient();
  const show = () => Promise.all(shows.map((queryKey) => client.invalidateQueries({ queryKey })));
  return useMutation({
    mutationFn: () => send(writing.key),
    onMutate: () => writing.fields,
    onSuccess: async (_answer, _nothing, sent) => {
      await show();
      if (writing.arrived(sent)) onSent?.();
    },
    onError: async (error) => {
      // An answer was lost: what was sent first is there, and what is on the screen now is another thing.
      if (explain(error).slug !== "idempotency-key-reused") return;
      writing.sendAsAnother();
      await show();
    },
  });
}
