import { type Severity, severities } from "@holdfast/contracts/severity";
import { type Ctx, inTransaction, requirePermission, type Tx } from "../../context.ts";
import { byNumber } from "../checks/by-number.ts";
import { findPackCheck } from "../checks/pack-checks.ts";
import { selectChecksById } from "../checks/queries.ts";
import { selectPolicy } from "../policies/queries.ts";
import { checkUuid } from "../results/check-uuid.ts";
import { countFailing, type Failing } from "./count-failing.ts";
import { countAgents } from "./queries.ts";

export interface FailingCheck {
  readonly checkId: string;
  readonly number: string;
  readonly title: string;
  readonly category: string;
  readonly severity: Severity;
  /** Agents; one that fails it by several policies counts once. */
  readonly failCount: number;
}

/**
 * The checks that most agents fail, most first, then the most severe; excepted failures do not count.
 *
 * @throws Forbidden, NotFound
 */
export async function listTopFailing(
  ctx: Ctx,
  policyId: string | undefined,
  limit: number,
): Promise<{ readonly checks: FailingCheck[]; readonly totalAgents: number }> {
  requirePermission(ctx, "devices:read");
  return inTransaction(ctx, async (tx) => {
    const policy = policyId === undefined ? null : await selectPolicy(tx, policyId);
    const failing = (await countFailing(tx, policy?.id ?? null)).sort(
      (a, b) =>
        b.devices - a.devices ||
        severities.indexOf(a.severity) - severities.indexOf(b.severity) ||
        byNumber(a.number, b.number),
    );
    const checks = await describe(tx, failing.slice(0, limit));
    return { checks, totalAgents: await countAgents(tx, policy?.osType ?? null) };
  });
}

async function describe(tx: Tx, failing: readonly Failing[]): Promise<FailingCheck[]> {
  const ids = failing.map(({ benchmark, number }) => checkUuid(tx.orgId, benchmark, number));
  const stored = new Map((await selectChecksById(tx, ids)).map((check) => [check.id, check]));
  return failing.map(({ benchmark, number, severity, devices }, at) => {
    const checkId = ids[at] ?? "";
    const { title = `Recommendation ${number}`, category = "" } =
      findPackCheck(tx.services.pack, benchmark, number) ?? stored.get(checkId) ?? {};
    return { checkId, number, title, category, severity, failCount: devices };
  });
}
