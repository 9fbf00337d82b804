import { type Selectable, sql } from "kysely";
import type { Tx } from "../../context.ts";
import type { AuditEventTable } from "../../db/schema.ts";
import type { Listed, Page } from "../../http/paging.ts";

export type AuditRow = Selectable<AuditEventTable>;

export interface AuditFilter {
  /** An actor's id or label, or the person behind a token. */
  readonly actor?: string | undefined;
  /** An action, e.g. "policy.create", or its noun. */
  readonly action?: string | undefined;
  readonly from?: Date | undefined;
  readonly to?: Date | undefined;
}

/** Newest first. */
export async function selectAuditEvents(tx: Tx, filter: AuditFilter, page: Page): Promise<Listed<AuditRow>> {
  const { actor, action, from, to } = filter;
  const matching = tx.db
    .selectFrom("auditEvent")
    .where("orgId", "=", tx.orgId)
    .$if(actor !== undefined, (query) =>
      query.where(
        sql<boolean>`(actor_id = ${actor} or actor_user_id = ${actor} or lower(actor_label) = lower(${actor}))`,
      ),
    )
    .$if(action !== undefined, (query) =>
      query.where(sql<boolean>`(action = ${action} or starts_with(action, ${`${action}.`}))`),
    )
    .$if(from !== undefined, (query) => query.where("at", ">=", from ?? tx.now))
    .$if(to !== undefined, (query) => query.where("at", "<=", to ?? tx.now));
  const { total } = await matching
    .select((select) => select.fn.countAll<number>().as("total"))
    .executeTakeFirstOrThrow();
  const items = await matching.selectAll().orderBy("seq", "desc").offset(page.offset).limit(page.limit).execute();
  return { items, total };
}
