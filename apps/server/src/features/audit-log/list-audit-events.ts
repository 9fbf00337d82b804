import type { AuditEvent } from "@holdfast/contracts/administration";
import { type Ctx, inTransaction, requirePermission } from "../../context.ts";
import type { Listed, Page } from "../../http/paging.ts";
import { type AuditFilter, type AuditRow, selectAuditEvents } from "./queries.ts";

/** A page of the organisation's audit log, newest first. @throws Forbidden */
export async function listAuditEvents(ctx: Ctx, filter: AuditFilter, page: Page): Promise<Listed<AuditEvent>> {
  requirePermission(ctx, "orgs:write");
  const { items, total } = await inTransaction(ctx, (tx) => selectAuditEvents(tx, filter, page));
  return { items: items.map(present), total };
}

function present(row: AuditRow): AuditEvent {
  // Written by `audit`, which keeps the two in the detail.
  const { before = null, after = null, ...detail } = row.detail as Record<string, unknown>;
  const { seq, orgId, at, actorLabel, actorType, actorId, actorUserId, action, subjectType, subjectId } = row;
  return {
    id: seq,
    orgId,
    at: at.toISOString(),
    actor: actorLabel,
    // Written from an Actor only.
    actorType: actorType as AuditEvent["actorType"],
    actorId,
    actorUserId,
    action,
    subject: `${subjectType} ${subjectId}`,
    subjectType,
    subjectId,
    before,
    after,
    detail,
    requestId: row.requestId,
    hash: row.hash.toString("hex"),
  };
}
