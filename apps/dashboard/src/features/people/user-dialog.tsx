import { type RoleName, roles } from "@holdfast/contracts/administration";
import type { FormEvent } from "react";
import { Dialog, DialogButtons } from "../../components/dialog.tsx";
import { SelectField, TextField } from "../../components/form-field.tsx";
import { usePermissions } from "../auth/use-permissions.ts";
import { useAddUser } from "./people-queries.ts";

function roleOf(text: string): RoleName {
  return roles.find((role) => role === text) ?? "viewer";
}

export function UserDialog({ onClose }: { readonly onClose: () => void }) {
  const { orgId } = usePermissions();
  const add = useAddUser();
  function submit(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const text = (name: string) => String(form.get(name)).trim();
    add.mutate(
      {
        email: text("email"),
        name: text("name"),
        password: String(form.get("password")),
        role: roleOf(text("role")),
        orgId,
      },
      { onSuccess: onClose },
    );
  }
  return (
    <Dialog title="Add person" onClose={onClose}>
      <form onSubmit={submit}>
        <TextField label="E-mail" name="email" type="email" required autoComplete="off" />
        <TextField label="Name" name="name" required maxLength={200} />
        <TextField
          label="First password"
          name="password"
          type="password"
          required
          minLength={8}
          autoComplete="new-password"
          hint="At least 8 characters"
        />
        <SelectField label="Role" name="role" defaultValue="viewer">
          <option value="viewer">Viewer: reads everything</option>
          <option value="operator">Operator: also starts scans</option>
          <option value="admin">Administrator: also policies, exceptions and remediation</option>
        </SelectField>
        <DialogButtons label="Add" pending={add.isPending} error={add.error} onCancel={onClose} />
      </form>
    </Dialog>
  );
}
