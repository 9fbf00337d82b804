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
  return {
    orgId: row.orgId,
    seq: row.seq,
    at: row.at.toISOString(),
    actor: {
      type: row.actorType as AuditEvent["actor"]["type"],
      id: row.actorId,
      label: row.actorLabel,
      userId: row.actorUserId,
    },
    action: row.action,
    subject: { type: row.subjectType, id: row.subjectId },
    before,
    after,
    detail,
    requestId: row.requestId,
    hash: row.hash.toString("hex"),
  };
}
