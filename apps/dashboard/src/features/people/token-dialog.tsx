import { permissions } from "@holdfast/contracts/own-api";
import type { FormEvent } from "react";
import { Dialog, DialogButtons } from "../../components/dialog.tsx";
import { CheckField, TextField } from "../../components/form-field.tsx";
import { usePermissions } from "../auth/use-permissions.ts";
import { useMakeToken } from "./people-queries.ts";

/** Makes a token and shows it, once. */
export function TokenDialog({ onClose }: { readonly onClose: () => void }) {
  const { orgId } = usePermissions();
  const make = useMakeToken();
  function submit(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const until = String(form.get("until"));
    make.mutate({
      name: String(form.get("name")).trim(),
      orgId,
      permissions: permissions.filter((permission) => form.get(permission) === "on"),
      ...(until === "" ? {} : { expiresAt: new Date(`${until}T23:59:59`).toISOString() }),
    });
  }
  if (make.data) {
    return (
      <Dialog title="The new token" onClose={onClose}>
        <p className="mt-3">Copy it now; it is not shown again.</p>
        <output className="mt-3 block rounded-md bg-sunken p-3 font-mono break-all select-all">
          {make.data.token}
        </output>
        <div className="mt-6 flex justify-end">
          <button type="button" className="button" onClick={onClose}>
            Done
          </button>
        </div>
      </Dialog>
    );
  }
  return (
    <Dialog title="New token" onClose={onClose}>
      <form onSubmit={submit}>
        <TextField label="Name" name="name" required maxLength={200} hint="What will use it" />
        <fieldset className="mt-4">
          <legend className="font-medium">Permissions</legend>
          {permissions.map((permission) => (
            <CheckField
              key={permission}
              label={permission}
              name={permission}
              defaultChecked={permission === "devices:read"}
            />
          ))}
        </fieldset>
        <TextField label="Until the end of (optional)" name="until" type="date" />
        <DialogButtons label="Make token" pending={make.isPending} error={make.error} onCancel={onClose} />
      </form>
    </Dialog>
  );
}
