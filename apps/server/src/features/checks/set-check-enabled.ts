import { audit } from "../../audit.ts";
import { type Ctx, inTransaction, requirePermission } from "../../context.ts";
import { reviseAllPolicies } from "../policies/revise-policies.ts";
import { type OrganisationCheck, setCheckEnabledRow } from "./queries.ts";
import { requireCheck } from "./require-check.ts";

/**
 * Takes a check out of every policy of the organisation, or back in; stored results are judged again.
 *
 * @throws Forbidden, NotFound
 */
export async function setCheckEnabled(ctx: Ctx, id: string, enabled: boolean): Promise<OrganisationCheck> {
  requirePermission(ctx, "orgs:write");
  return inTransaction(ctx, async (tx) => {
    const check = await requireCheck(tx, id);
    if (check.enabled === enabled) return check;
    await setCheckEnabledRow(tx, check.id, enabled);
    await reviseAllPolicies(tx, check.osType);
    await audit(tx, {
      action: enabled ? "check.enable" : "check.disable",
      subject: { type: "check", id: check.id },
      before: { enabled: check.enabled },
      after: { enabled },
      detail: { benchmark: check.benchmark, number: check.number },
    });
    return { ...check, enabled };
  });
}
