import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "../../api/client";
import { ask, explain } from "../../api/problem";
import type { Person, Role } from "../../api/shapes";
import { Button } from "../../parts/Button";
import { Dialog, DialogButtons } from "../../parts/Dialog";
import { Group, TextField, Tick } from "../../parts/Field";
import { DialogForm } from "../../parts/DialogForm";
import { ErrorSummary } from "../../parts/Notice";
import { common } from "../../words/en";
import { office, people as text } from "../../words/en.admin";

const GIVEN: Exclude<Role, "reporter">[] = ["administrator", "auditor"];

/** Invites a person, or changes the name and roles of one. Everyone keeps the reporter's role. */
export function EditPerson({
  person,
  onDone,
  onCancel,
}: {
  person: Person | undefined;
  onDone: (words: string) => void;
  onCancel: () => void;
}) {
  const [name, setName] = useState(person?.name ?? "");
  const [email, setEmail] = useState(person?.email ?? "");
  const [roles, setRoles] = useState<Role[]>(person?.roles ?? ["reporter"]);
  const [tried, setTried] = useState(false);
  const save = useMutation({
    mutationFn: () =>
      person
        ? ask(api.PATCH("/v1/people/{id}", { params: { path: { id: person.id } }, body: { name: name.trim(), roles } }))
        : ask(api.POST("/v1/people", { body: { name: name.trim(), email: email.trim(), roles } })),
    onSuccess: () => onDone(person ? office.saved : text.invited(email.trim())),
  });
  const refusal = save.error ? explain(save.error) : undefined;
  const toggle = (role: Role) =>
    setRoles(roles.includes(role) ? roles.filter((one) => one !== role) : [...roles, role]);
  return (
    <Dialog heading={person ? text.edit(person.name) : text.invite} onClose={onCancel}>
      <DialogForm
        onSubmit={() => {
          setTried(true);
          if (name.trim() && (person || email.trim()) && !save.isPending) save.mutate();
        }}
      >
        <ErrorSummary refusal={refusal} />
        <TextField
          label={text.name}
          autoComplete="off"
          value={name}
          error={tried && !name.trim() ? text.missingName : refusal?.fields["name"]}
          onChange={(event) => setName(event.target.value)}
        />
        {!person && (
          <TextField
            label={text.email}
            type="email"
            autoComplete="off"
            autoCapitalize="none"
            value={email}
            error={tried && !email.trim() ? text.missingEmail : refusal?.fields["email"]}
            onChange={(event) => setEmail(event.target.value)}
          />
        )}
        <Group label={text.roles} hint={text.rolesHint}>
          {GIVEN.map((role) => (
            <Tick
              key={role}
              label={text.role[role]}
              hint={text.roleHint[role as keyof typeof text.roleHint]}
              checked={roles.includes(role)}
              onChange={() => toggle(role)}
            />
          ))}
        </Group>
        <DialogButtons>
          <Button type="submit" look="main" busy={save.isPending}>
            {person ? common.save : text.send}
          </Button>
          <Button look="quiet" onClick={onCancel}>
            {common.cancel}
          </Button>
        </DialogButtons>
      </DialogForm>
    </Dialog>
  );
}
