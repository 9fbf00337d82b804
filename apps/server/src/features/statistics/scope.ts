import type { Tx } from "../../context.ts";
import type { Policy } from "../policies/policy.ts";
import { selectEnabledPolicies, selectPolicy } from "../policies/queries.ts";

/**
 * The policies that figures are of: the one that is asked for, also when it is disabled; else every enabled one.
 *
 * @throws NotFound for a policy the organisation does not have.
 */
export async function policiesInScope(tx: Tx, policyId: string | undefined): Promise<Policy[]> {
  return policyId === undefined ? selectEnabledPolicies(tx) : [await selectPolicy(tx, policyId)];
}
