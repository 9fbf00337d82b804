import type { ListedRemediation } from "@holdfast/contracts/wire";

/** The words people read for a remediation's status. */
export const statusName: Readonly<Record<ListedRemediation["status"], string>> = {
  pending_approval: "Waiting for approval",
  queued: "Queued",
  in_progress: "In progress",
  completed: "Completed",
  failed: "Failed",
  cancelled: "Cancelled",
};
