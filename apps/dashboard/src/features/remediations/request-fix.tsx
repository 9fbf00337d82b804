import { Link } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { Dialog, DialogButtons } from "../../components/dialog.tsx";
import { TextField } from "../../components/form-field.tsx";
import { usePermissions } from "../auth/use-permissions.ts";
import { useRequestRemediation } from "./remediation-queries.ts";

interface RequestFixProps {
  readonly deviceId: string;
  readonly policyId: string;
  /** The recommendation's number. */
  readonly checkId: string;
}

/** Asks for a failing check to be fixed; a second person sees the exact changes and approves them. */
export function RequestFix({ deviceId, policyId, checkId }: RequestFixProps) {
  const { may } = usePermissions();
  const [open, setOpen] = useState(false);
  const fix = useRequestRemediation();
  if (!may("orgs:write")) return null;
  if (fix.isSuccess) {
    return (
      <p role="status" className="mt-4">
        Requested.{" "}
        <Link to="/remediations" className="underline underline-offset-2">
          Follow it under Remediations
        </Link>
        .
      </p>
    );
  }
  function submit(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault();
    const reason = String(new FormData(event.currentTarget).get("reason")).trim();
    fix.mutate(
      { deviceId, baselineId: policyId, checkIds: [checkId], action: "apply", reason },
      { onSuccess: () => setOpen(false) },
    );
  }
  return (
    <>
      <button type="button" className="button button-quiet mt-4" onClick={() => setOpen(true)}>
        Request fix
      </button>
      {open && (
        <Dialog title={`Fix ${checkId}`} onClose={() => setOpen(false)}>
          <form onSubmit={submit}>
            <p className="mt-2 text-muted">Nothing changes until a second person has approved the exact changes.</p>
            <TextField label="Reason" name="reason" maxLength={1000} />
            <DialogButtons label="Request" pending={fix.isPending} error={fix.error} onCancel={() => setOpen(false)} />
          </form>
        </Dialog>
      )}
    </>
  );
}
