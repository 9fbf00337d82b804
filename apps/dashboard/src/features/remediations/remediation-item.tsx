import type { ListedRemediation } from "@holdfast/contracts/wire";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { Time } from "../../components/time.tsx";
import { usePermissions } from "../auth/use-permissions.ts";
import { DecisionDialog } from "./decision-dialog.tsx";
import { PlanDiff } from "./plan-diff.tsx";
import { useCancelRemediation, useRequestRemediation } from "./remediation-queries.ts";
import { statusName } from "./status-name.ts";

const tone: Readonly<Record<ListedRemediation["status"], string>> = {
  pending_approval: "bg-warn-soft text-warn",
  queued: "bg-info-soft text-info",
  in_progress: "bg-info-soft text-info",
  completed: "bg-good-soft text-good",
  failed: "bg-bad-soft text-bad",
  cancelled: "bg-sunken text-muted",
};

/** One action: what will change, where it stands, and what can be done about it. */
export function RemediationItem({ item }: { readonly item: ListedRemediation }) {
  return (
    <li className="card p-5">
      <div className="flex flex-wrap items-start justify-between gap-3">
        <div>
          <h2 className="font-semibold">
            {item.action === "apply" ? "Apply" : "Roll back"} {item.checkId} on{" "}
            <Link
              to="/devices/$deviceId"
              params={{ deviceId: item.deviceId }}
              search={{ open: item.checkId }}
              className="underline decoration-control underline-offset-2"
            >
              {item.deviceHostname}
            </Link>
          </h2>
          <p className="mt-1 text-sm text-muted">
            requested <Time at={item.createdAt} />
            {item.baselineName !== null && `, ${item.baselineName}`}
          </p>
        </div>
        <span className={`rounded-full px-2.5 py-0.5 text-xs font-semibold ${tone[item.status]}`}>
          {statusName[item.status]}
        </span>
      </div>
      {item.reason && <p className="mt-3">{item.reason}</p>}
      {item.details.message && <p className="mt-2 font-medium">{item.details.message}</p>}
      {item.details.waitingFor === "device" && (
        <p className="mt-2 text-muted">Waiting for the device to come online.</p>
      )}
      <details className="mt-3">
        <summary className="cursor-pointer font-medium">What will change</summary>
        <PlanDiff plan={item.plan} />
        {item.risk !== "" && <p className="mt-2 text-warn">{item.risk}</p>}
      </details>
      <Actions item={item} />
    </li>
  );
}

function Actions({ item }: { readonly item: ListedRemediation }) {
  const { may } = usePermissions();
  const [deciding, setDeciding] = useState<boolean | null>(null);
  const cancel = useCancelRemediation();
  const undo = useRequestRemediation();
  const error = cancel.error ?? undo.error;
  if (!may("orgs:write")) return null;
  return (
    <div className="mt-4 flex flex-wrap items-center gap-2">
      {item.status === "pending_approval" && (
        <>
          <button type="button" className="button" onClick={() => setDeciding(true)}>
            Approve
          </button>
          <button type="button" className="button button-quiet" onClick={() => setDeciding(false)}>
            Reject
          </button>
        </>
      )}
      {item.status === "queued" && (
        <button type="button" className="button button-quiet" onClick={() => cancel.mutate(item.id)}>
          Cancel
        </button>
      )}
      {item.status === "completed" && item.action === "apply" && (
        <button
          type="button"
          className="button button-quiet"
          disabled={undo.isPending || undo.isSuccess}
          onClick={() =>
            undo.mutate({ deviceId: item.deviceId, checkIds: [item.checkId], action: "rollback", reason: "Roll back" })
          }
        >
          {undo.isSuccess ? "Roll-back requested" : "Request roll-back"}
        </button>
      )}
      {error && (
        <p role="alert" className="text-bad">
          {error.message}
        </p>
      )}
      {deciding !== null && <DecisionDialog item={item} approved={deciding} onClose={() => setDeciding(null)} />}
    </div>
  );
}
