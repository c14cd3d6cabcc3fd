import { useMutation, useQueryClient } from "@tanstack/react-query";
import { api } from "../../api/client";
import { ask, explain } from "../../api/problem";
import type { Device } from "../../api/shapes";
import { Button } from "../../parts/Button";
import { Dialog, DialogButtons } from "../../parts/Dialog";
import { ErrorSummary } from "../../parts/Notice";
import { common } from "../../words/en";
import { lostDevice as text } from "../../words/en.keys";

/** Asks once more, then shuts a lost device out at once. What it had open anywhere is closed too. */
export function LoseDevice({ device, onCancel }: { device: Device; onCancel: () => void }) {
  const queries = useQueryClient();
  const lose = useMutation({
    mutationFn: () => ask(api.POST("/v1/devices/{device}/lost", { params: { path: { device: device.id } } })),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ["devices"] });
      await queries.invalidateQueries({ queryKey: ["me"] });
    },
  });
  return (
    <Dialog heading={text.heading(device.name)} onClose={onCancel}>
      <ErrorSummary refusal={lose.error ? explain(lose.error) : undefined} />
      <p>{text.what}</p>
      <p>{text.found}</p>
      <DialogButtons>
        <Button look="danger" busy={lose.isPending} onClick={() => lose.mutate()}>
          {text.confirm}
        </Button>
        <Button look="quiet" onClick={onCancel}>
          {common.cancel}
        </Button>
      </DialogButtons>
    </Dialog>
  );
}
