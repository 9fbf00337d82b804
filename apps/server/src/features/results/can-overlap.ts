import { sql } from "kysely";
import type { Tx } from "../../context.ts";

/**
 * Whether a device can have results of several policies, or of several enabled ones: then they have to be put together, which is
 * half of what sums over them cost.
 */
export async function canOverlap(tx: Tx, which: "all" | "enabled"): Promise<boolean> {
  const { rows } = await sql`
    select 1 from policy where org_id = ${tx.orgId} ${which === "enabled" ? sql`and enabled` : sql``}
      and (select true from latest_result where latest_result.policy_id = policy.id limit 1)
    group by os_type having count(*) > 1 limit 1`.execute(tx.db);
  return rows.length > 0;
}
