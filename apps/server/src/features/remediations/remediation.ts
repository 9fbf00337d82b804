import type { Selectable } from "kysely";
import type { RemediationTable } from "../../db/schema.ts";

/** One apply or one roll-back of one check on one device. */
export type Remediation = Selectable<RemediationTable>;
export type RemediationState = Remediation["state"];

/** A remediation with what people call its device and policy. */
export interface NamedRemediation extends Remediation {
  readonly deviceHostname: string;
  readonly policyName: string;
  /** Null: never seen. */
  readonly onlineUntil: Date | null;
}

export const remediationStatuses = [
  "pending_approval",
  "queued",
  "in_progress",
  "completed",
  "failed",
  "cancelled",
] as const;
export type RemediationStatus = (typeof remediationStatuses)[number];
export const approvalStatuses = ["pending", "approved", "rejected"] as const;
export type ApprovalStatus = (typeof approvalStatuses)[number];

/** Not decided or not finished: there is at most one of these per device and check. */
export const openStates: readonly RemediationState[] = ["requested", "approved", "dispatched", "running"];

const statusOf: Readonly<Record<RemediationState, RemediationStatus>> = {
  requested: "pending_approval",
  approved: "queued",
  dispatched: "queued",
  running: "in_progress",
  completed: "completed",
  failed: "failed",
  rejected: "cancelled",
  cancelled: "cancelled",
};

/** The pair interfaces show for the one state we keep. What is cancelled before anyone approved it counts as rejected. */
export function statusesOf({ state, decidedAt }: Pick<Remediation, "state" | "decidedAt">): {
  readonly status: RemediationStatus;
  readonly approvalStatus: ApprovalStatus;
} {
  const status = statusOf[state];
  if (state === "requested") return { status, approvalStatus: "pending" };
  const refused = state === "rejected" || (state === "cancelled" && decidedAt === null);
  return { status, approvalStatus: refused ? "rejected" : "approved" };
}
