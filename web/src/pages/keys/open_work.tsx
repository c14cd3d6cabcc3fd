import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "../../api/client";
import { ask, explain } from "../../api/problem";
import type { ActionSummary, KeyHolder, WorkOf } from "../../api/shapes";
import { Link } from "../../app/router";
import { Button } from "../../parts/Button";
import { Chip } from "../../parts/Chip";
import { Dialog, DialogButtons } from "../../parts/Dialog";
import { Select } from "../../parts/Field";
import { DialogForm } from "../../parts/DialogForm";
import { ErrorSummary, Notice } from "../../parts/Notice";
import { Card, Loading } from "../../parts/Page";
import { Trouble } from "../../parts/Trouble";
import { common } from "../../words/en";
import { dashboard, holder as words, openWork as text } from "../../words/en.holder";
import { dateInFull, dayOf } from "../../words/when";
import { Names } from "../concerns/summary";
import styles from "./keys.module.css";

/** Who has what still to do, and handing it to somebody else: what a colleague leaves must not fall out of sight. */
export function OpenWork({ holders }: { holders: KeyHolder[] }) {
  const [handing, setHanding] = useState<WorkOf>();
  const [said, setSaid] = useState<string>();
  const client = useQueryClient();
  const work = useQuery({ queryKey: ["open-work"], queryFn: () => ask(api.GET("/v1/staff/actions")) });
  return (
    <Card heading={text.heading}>
      <p className={styles.meta}>{text.lead}</p>
      {said && (
        <Notice tone="good" live>
          {said}
        </Notice>
      )}
      <Trouble error={work.error} onRetry={() => void work.refetch()} />
      {work.isPending && <Loading />}
      {work.data?.items.length === 0 && <p>{text.none}</p>}
      {work.data && work.data.items.length > 0 && (
        <ul className={styles.list}>
          {work.data.items.map((one) => (
            <li key={one.person.id}>
              <div className={styles.workOf}>
                <strong>{one.person.name}</strong>
                <span className={styles.chips}>
                  <Chip>{text.actions(one.actions)}</Chip>
                  {one.overdue > 0 && <Chip tone="danger">{text.overdue(one.overdue)}</Chip>}
                  {one.left && <Chip tone="caution">{text.left}</Chip>}
                </span>
              </div>
              <Button onClick={() => setHanding(one)} aria-label={text.handOverOf(one.person.name)}>
                {text.handOver}
              </Button>
            </li>
          ))}
        </ul>
      )}
      {handing && (
        <HandOver
          work={handing}
          holders={holders}
          onCancel={() => setHanding(undefined)}
          onDone={(count, to) => {
            setHanding(undefined);
            setSaid(text.handedOver(count, handing.person.name, to));
            void client.invalidateQueries({ queryKey: ["dashboard"] });
            void client.invalidateQueries({ queryKey: ["concerns"] });
            void client.invalidateQueries({ queryKey: ["work-of"] });
            void work.refetch();
          }}
        />
      )}
    </Card>
  );
}

type HandOverProps = {
  work: WorkOf;
  holders: KeyHolder[];
  onDone: (count: number, to: string) => void;
  onCancel: () => void;
};

function HandOver({ work, holders, onDone, onCancel }: HandOverProps) {
  const [to, setTo] = useState("");
  const [tried, setTried] = useState(false);
  const member = work.person.id;
  const actions = useQuery({
    queryKey: ["work-of", member],
    queryFn: () => ask(api.GET("/v1/staff/{member}/actions", { params: { path: { member } } })),
  });
  // Somebody with two grants stands in the list twice.
  const others = new Map(holders.map((one) => [one.member.id, one.member.name]));
  others.delete(member);
  const hand = useMutation({
    mutationFn: () =>
      ask(api.POST("/v1/staff/{member}/actions/handover", { params: { path: { member } }, body: { to } })),
    onSuccess: ({ actions: count }) => onDone(count, others.get(to) ?? ""),
  });
  const refusal = hand.error ? explain(hand.error) : undefined;
  return (
    <Dialog heading={text.handOverOf(work.person.name)} onClose={onCancel}>
      <DialogForm
        onSubmit={() => {
          setTried(true);
          if (to && !hand.isPending) hand.mutate();
        }}
      >
        <ErrorSummary refusal={refusal} />
        <p>{text.handOverWords}</p>
        <Trouble error={actions.error} onRetry={() => void actions.refetch()} />
        {actions.isPending && <Loading />}
        {actions.data && (
          <ul className={styles.work}>
            {actions.data.items.map((action) => (
              <OneAction key={action.id} action={action} />
            ))}
          </ul>
        )}
        <Select
          label={text.to}
          hint={text.toHint}
          value={to}
          error={tried && !to ? text.missingTo : refusal?.fields["to"]}
          onChange={(event) => setTo(event.target.value)}
        >
          <option value="">{text.choose}</option>
          {[...others].map(([id, name]) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </Select>
        <DialogButtons>
          <Button type="submit" look="main" busy={hand.isPending}>
            {text.handOver}
          </Button>
          <Button look="quiet" onClick={onCancel}>
            {common.cancel}
          </Button>
        </DialogButtons>
      </DialogForm>
    </Dialog>
  );
}

function OneAction({ action }: { action: ActionSummary }) {
  return (
    <li>
      <Link href={`/concerns/${action.concern}`}>
        {words.kinds[action.kind]}: <Names pupils={action.pupils} />
      </Link>
      <span className={styles.meta}>
        {action.reference} · {text.given(dayOf(action.at))}
        {action.due_on &&
          ` · ${action.overdue ? dashboard.wasDue(dateInFull(action.due_on)) : dashboard.due(dateInFull(action.due_on))}`}
      </span>
    </li>
  );
}
