/** The form's memory: kept as it is typed, taken up again on the next visit. */
import { useEffect, useState, useSyncExternalStore } from "react";
import type { Desk } from "../../app/outbox";
import { DraftKeeper } from "../../drafts/draft";
import { emptyFields, hasContent } from "./fields";

export function useDraft(desk: Desk | undefined) {
  const [keeper] = useState(() => new DraftKeeper(() => emptyFields(new Date()), hasContent));
  const draft = useSyncExternalStore(keeper.subscribe, keeper.current);

  useEffect(() => {
    if (!desk) return;
    void keeper.open(desk.store);
    return () => void keeper.close();
  }, [keeper, desk]);

  useEffect(() => {
    const flush = () => void keeper.save();
    document.addEventListener("visibilitychange", flush);
    window.addEventListener("pagehide", flush);
    return () => {
      document.removeEventListener("visibilitychange", flush);
      window.removeEventListener("pagehide", flush);
    };
  }, [keeper]);

  const { change, attach, detach, clear, replace } = keeper;
  return { ...draft, change, attach, detach, clear, replace };
}
