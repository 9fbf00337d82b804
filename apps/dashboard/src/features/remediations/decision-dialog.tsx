import type { ListedRemediation } from "@holdfast/contracts/wire";
import type { FormEvent } from "react";
import { Dialog, DialogButtons } from "../../components/dialog.tsx";
import { TextField } from "../../components/form-field.tsx";
import { PlanDiff } from "./plan-diff.tsx";
import { useDecideRemediation } from "./remediation-queries.ts";

interface DecisionDialogProps {
  readonly item: ListedRemediation;
  readonly approved: boolean;
  readonly onClose: () => void;
}

/** The second person's decision, over the exact changes it covers. */
export function DecisionDialog({ item, approved, onClose }: DecisionDialogProps) {
  const decide = useDecideRemediation();
  function submit(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault();
    const note = String(new FormData(event.currentTarget).get("note")).trim();
    decide.mutate({ actionIds: [item.id], approved, note }, { onSuccess: onClose });
  }
  const verb = approved ? "Approve" : "Reject";
  return (
    <Dialog title={`${verb} ${item.checkId} on ${item.deviceHostname}`} onClose={onClose}>
      <form onSubmit={submit}>
        <PlanDiff plan={item.plan} />
        {approved && item.risk !== "" && <p className="mt-2 text-warn">{item.risk}</p>}
        <TextField label="Note" name="note" maxLength={1000} />
        <DialogButtons label={verb} pending={decide.isPending} error={decide.error} onCancel={onClose} />
      </form>
    </Dialog>
  );
}
